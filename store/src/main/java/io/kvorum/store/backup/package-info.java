/**
 * Backups: one file that holds what is live in the store at one revision.
 *
 * <p>Design. A member's state is an immutable snapshot, so a backup is written from it record by record by whoever asks
 * for it, at the pace at which the bytes are taken, while the member goes on. The file:
 *
 * <pre>
 * "KVORUM BACKUP 1\n"                          what it is, and the version of the format
 * HEADER, LEASES*, KEYS*, END                  records: length, CRC32C, type, payload
 * 32 bytes                                     SHA-256 of everything before
 * </pre>
 *
 * <p>Histories and remembered requests stay out: a restored store begins a new life, with an id of its own, at a revision
 * that the old one has not reached, and with everything before it compacted, so that every watch of the old life is told
 * to list again (as with etcd's {@code --bump-revision --mark-compacted}).
 */
@NullMarked
package io.kvorum.store.backup;

import org.jspecify.annotations.NullMarked;
