package tenon.server.quota;

import java.lang.System.Logger.Level;
import java.util.function.LongSupplier;

/// How large the store may become. Safe for use by any thread.
public final class Quota {
    /// Used where the configuration says 0.
    public static final long DEFAULT_BYTES = 2L << 30;
    /// Above this the server warns.
    public static final long RECOMMENDED_MAX_BYTES = 8L << 30;

    private static final System.Logger LOG = System.getLogger(Quota.class.getName());

    private final long limitBytes;
    private final LongSupplier storeSizeBytes;

    private Quota(long limitBytes, LongSupplier storeSizeBytes) {
        this.limitBytes = limitBytes;
        this.storeSizeBytes = storeSizeBytes;
    }

    /// Reads a configured quota: 0 stands for [#DEFAULT_BYTES], a negative one switches it off.
    ///
    /// @param storeSizeBytes the present size of the store
    public static Quota ofConfigured(long configuredBytes, LongSupplier storeSizeBytes) {
        if (configuredBytes < 0) {
            LOG.log(
                    Level.WARNING,
                    "the quota is switched off ({0,number,#} bytes): the store may fill the disk",
                    configuredBytes);
            return new Quota(Long.MAX_VALUE, storeSizeBytes);
        }
        if (configuredBytes > RECOMMENDED_MAX_BYTES) {
            LOG.log(
                    Level.WARNING,
                    "the quota of {0,number,#} bytes is above the recommended maximum of {1,number,#} bytes",
                    configuredBytes,
                    RECOMMENDED_MAX_BYTES);
        }
        return new Quota(configuredBytes == 0 ? DEFAULT_BYTES : configuredBytes, storeSizeBytes);
    }

    /// Whether the store may grow by this much. What cannot grow it is always admitted.
    public boolean admits(long costBytes) {
        return costBytes == 0 || !isLimited() || storeSizeBytes.getAsLong() < limitBytes - costBytes;
    }

    public boolean isLimited() {
        return limitBytes != Long.MAX_VALUE;
    }

    /// `Long.MAX_VALUE` if there is no limit.
    public long limitBytes() {
        return limitBytes;
    }
}
