package tenon.btree;

/// What a page is used for.
public enum PageType {
    META,
    BRANCH,
    LEAF,
    OVERFLOW,
    FREELIST,
    /// In the freelist: its bytes mean nothing.
    FREE,
    /// Verification failed.
    DAMAGED;

    static PageType of(int type) {
        return switch (type) {
            case PageLayout.TYPE_BRANCH -> BRANCH;
            case PageLayout.TYPE_LEAF -> LEAF;
            case PageLayout.TYPE_OVERFLOW -> OVERFLOW;
            case PageLayout.TYPE_FREELIST -> FREELIST;
            default -> DAMAGED;
        };
    }
}
