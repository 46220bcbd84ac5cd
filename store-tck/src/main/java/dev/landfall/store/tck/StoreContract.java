package dev.landfall.store.tck;

/** Everything that is asked of every store. */
public interface StoreContract
    extends CommitLogContract,
        DocumentContract,
        AwkwardNameContract,
        FeedContract,
        ForeignContract,
        PurgeContract,
        ErasureContract,
        DirectoryContract,
        ConcurrencyContract,
        CrashContract {}
