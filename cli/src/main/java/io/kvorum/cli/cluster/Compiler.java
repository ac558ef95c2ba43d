package io.kvorum.cli.cluster;

import java.util.Locale;

/** How far the code of a component's JVM is compiled, as {@code --store-arg compiler=full} and the like set it. */
public enum Compiler {
    /** Soon and simply: starts fast and stays small. */
    QUICK,
    /**
     * What runs often is compiled again and better: for what carries much load for long. Costs a second or two of two cores
     * at the start and some 20 MB in each process.
     */
    FULL;

    /** How an argument begins that is meant for the compiler. */
    static final String ARGUMENT = "compiler=";

    /** @throws CommandFailure when {@code text} is neither {@code quick} nor {@code full} */
    static Compiler of(Role role, String text) {
        for (Compiler compiler : values()) {
            if (compiler.name().toLowerCase(Locale.ROOT).equals(text)) {
                return compiler;
            }
        }
        throw new CommandFailure("--" + role + "-arg " + ARGUMENT + text + ": choose quick or full", 2);
    }
}
