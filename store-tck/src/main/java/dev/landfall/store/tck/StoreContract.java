package dev.landfall.store.tck;

/** Everything that is asked of every store. */
public interface StoreContract
    extends CommitLogContract,
        DocumentContract,
        AwkwardNameContract,
        FeedContract,
        ForeignContract,
        SearchContract,
        SearchLimitContract,
        ScanContract,
        PurgeContract,
        ErasureContract,
        DirectoryContract,
        ConcurrencyContract,
        CrashContract {}
