package io.kvorum.cli.command;

import picocli.CommandLine.Command;

/** {@code kvorum store}: the store itself, and its backups. */
@Command(
        name = "store",
        description = "Look after the store: status, backups, restore, check, compact, members, torture.",
        subcommands = {
            StoreStatusCommand.class,
            StoreSaveCommand.class,
            StoreRestoreCommand.class,
            StoreCheckCommand.class,
            StoreCompactCommand.class,
            StoreBackupsCommand.class,
            StoreScaleCommand.class,
            StoreReplaceCommand.class,
            StoreTortureCommand.class
        })
public final class StoreCommand {}
