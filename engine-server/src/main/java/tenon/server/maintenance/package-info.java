/// What operators ask of a node.
package tenon.server.maintenance;
