package io.kvorum.cli.cluster;

/** The heap of a component's JVM, as {@code --store-arg heap=2g} and the like set it. Pure. */
final class HeapSize {
    /** How an argument begins that is meant for the JVM. */
    static final String ARGUMENT = "heap=";

    private static final int LEAST_MEGABYTES = 64;

    private HeapSize() {}

    /**
     * @param text {@code 1500m} or {@code 2g}
     * @throws CommandFailure when it is neither, or too little to start with
     */
    static int megabytes(Role role, String text) {
        if (text.matches("[1-9]\\d{0,5}[mMgG]")) {
            int number = Integer.parseInt(text.substring(0, text.length() - 1));
            boolean giga = Character.toLowerCase(text.charAt(text.length() - 1)) == 'g';
            long megabytes = giga ? 1024L * number : number;
            if (megabytes >= LEAST_MEGABYTES && megabytes <= Integer.MAX_VALUE) {
                return (int) megabytes;
            }
        }
        throw new CommandFailure(
                "--" + role + "-arg " + ARGUMENT + text + ": choose a size from " + LEAST_MEGABYTES
                        + "m on, for example 1500m or 2g",
                2);
    }
}
