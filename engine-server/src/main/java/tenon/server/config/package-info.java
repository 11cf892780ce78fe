/// From what an operator writes to a [tenon.server.ServerConfig]: flags, environment and config file, spelled as etcd
/// spells them.
///
/// - [ServerFlags]: reads them. A flag goes before its environment variable (`ETCD_` and its name in capitals, with
///   underscores), that before the default. A config file stands alone: no other flag beside it, and the environment
///   is not read.
/// - [FlagTable]: every flag that is known, with what it does.
/// - [FlagException]: what is wrong, in words for the operator.
///
/// Nothing is ignored in silence: a flag of etcd that this version does not carry out is refused, unless its value
/// asks for what is done anyway; one that has no meaning here is accepted with a warning.
package tenon.server.config;
