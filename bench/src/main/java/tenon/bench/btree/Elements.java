package tenon.bench.btree;

/// The data of the works: the keys and values that belong to a number. `src/main/peers` makes the same ones.
enum Elements {
    /// 16 bytes, big-endian; 100 bytes.
    ASCENDING(16, 100),
    /// 16 bytes, whose order has nothing to do with that of the numbers; 100 bytes.
    RANDOM(16, 100),
    /// The 17 bytes of a revision of etcd, ascending; 300 bytes.
    REVISION(17, 300);

    final int keyBytes;
    final int valueBytes;

    Elements(int keyBytes, int valueBytes) {
        this.keyBytes = keyBytes;
        this.valueBytes = valueBytes;
    }

    byte[] newKey() {
        return new byte[keyBytes];
    }

    void setKey(byte[] key, long number) {
        switch (this) {
            case ASCENDING -> putLong(key, 8, number);
            case RANDOM -> {
                putLong(key, 0, mix(number));
                putLong(key, 8, number);
            }
            case REVISION -> {
                putLong(key, 0, number);
                key[8] = '_';
            }
        }
    }

    byte[] newValue() {
        byte[] value = new byte[valueBytes];
        for (int i = 0; i < valueBytes; i++) {
            value[i] = (byte) mix(i);
        }
        return value;
    }

    void setValue(byte[] value, long number) {
        putLong(value, 0, number);
        value[value.length - 1] = (byte) number;
    }

    private static final java.lang.invoke.VarHandle LONG =
            java.lang.invoke.MethodHandles.byteArrayViewVarHandle(long[].class, java.nio.ByteOrder.BIG_ENDIAN);

    private static void putLong(byte[] target, int index, long number) {
        LONG.set(target, index, number);
    }

    /// A number that looks random; no two have the same.
    static long mix(long number) {
        long x = number + 0x9e3779b97f4a7c15L;
        x = (x ^ (x >>> 30)) * 0xbf58476d1ce4e5b9L;
        x = (x ^ (x >>> 27)) * 0x94d049bb133111ebL;
        return x ^ (x >>> 31);
    }

    /// `mix(seed)`, folded into `[0, count)`.
    static long pick(long seed, long count) {
        return Long.remainderUnsigned(mix(seed), count);
    }
}
