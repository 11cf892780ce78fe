/// # `tenon db`: the microscope and the repair kit for store files
///
/// One class for each sub-command, named after its word. Those that look do so through [tenon.btree.StoreInspector], change
/// nothing, and show a damaged file as far as it goes. Only `fallback` changes the file ([tenon.btree.StoreRepair]);
/// `compact` and `salvage` write a new one. What each prints is shown in `docs/tools.md`.
package tenon.server.command.db;
