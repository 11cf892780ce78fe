/// From what an operator writes to a [tenon.server.ServerConfig]: flags, environment and config file, spelled as etcd
/// spells them.
///
/// - [ServerFlags]: reads them. A flag goes before its environment variable (`ETCD_` and its name in capitals, with
///   underscores), that before the default. A config file stands alone: no other flag beside it, and the environment
///   is not read.
/// - [FlagTable]: every flag that is known, with what it does; [OtherFlags] are those that are not carried out.
/// - [FlagException]: what is wrong, in words for the operator.
///
/// A flag of etcd that this version does not carry out is refused if that would be missed, in what is stored, who may
/// connect or what is answered, unless its value asks for what is done anyway. What changes none of that is accepted,
/// with a warning unless the value is etcd's default. A setting without a value asks for nothing.
package tenon.server.config;
