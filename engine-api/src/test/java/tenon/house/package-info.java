/// The rules that hold for the source of every module, as tests. They have no lists of exceptions but the seams
/// themselves.
package tenon.house;
