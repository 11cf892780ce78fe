package tenon.api;

import tenon.api.os.SystemSecrets;

/// A source of bytes that nobody can guess, for keys, tokens and salts. What a simulated world must repeat from its seed
/// must not depend on them. Safe for use by any thread.
public interface Secrets {
    /// Fills the array.
    void fill(byte[] target);

    /// The operating system's.
    static Secrets system() {
        return SystemSecrets.create();
    }
}
