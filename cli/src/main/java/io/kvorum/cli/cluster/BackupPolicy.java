package io.kvorum.cli.cluster;

/**
 * How often a cluster's store is backed up by itself.
 *
 * @param everySeconds seconds from one backup to the next; 0: never
 * @param keep how many of the newest are kept
 */
public record BackupPolicy(long everySeconds, int keep) {
    public static final int DEFAULT_KEEP = 12;
    public static final BackupPolicy NONE = new BackupPolicy(0, DEFAULT_KEEP);
}
