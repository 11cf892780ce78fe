/// # Measurements
///
/// `bin/tenon bench` runs them; [tenon.bench.Bench] lists what there is. Whatever is measured of Tenon is measured of
/// its peer in the same run, on the same disk, with the same client, and reported with the bare figures of both.
///
/// This is no Java module: it runs on the class path, since some of the peers' libraries share packages and could not be
/// modules beside each other.
package tenon.bench;
