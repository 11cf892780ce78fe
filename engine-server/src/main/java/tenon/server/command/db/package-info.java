/// # `tenon db`: the microscope for store files
///
/// One class for each sub-command, named after its word. All of them look through [tenon.btree.StoreInspector], change
/// nothing, and show a damaged file as far as it goes.
package tenon.server.command.db;
