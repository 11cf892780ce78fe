/// Alarms: conditions that every member raises and keeps until an operator disarms them.
///
/// [AlarmStore] changes them, on the apply thread, and keeps them in the bucket `alarm`; [Alarms] is what others see.
package tenon.server.alarm;
