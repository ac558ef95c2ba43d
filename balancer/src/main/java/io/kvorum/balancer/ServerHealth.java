package io.kvorum.balancer;

/**
 * What is thought of one server: fit after {@code rise} good checks in a row, unfit after {@code fall} bad ones; the very
 * first good check is enough, so that a start is not slower than it must be.
 */
final class ServerHealth {
    /** The result of one check, or of trying to connect. */
    enum Finding {
        /** It answered and is ready. */
        READY,
        /** It answered that it is not ready. */
        NOT_READY,
        /** It refused the connection, so it does not run; its connections are gone already. */
        REFUSED,
        /** It did not answer in time, or not as itself: paused, cut off, or somebody else. */
        SILENT
    }

    private final int rise;
    private final int fall;
    private boolean fit;
    private boolean everFit;
    private int good;
    private int bad;
    private int silent;
    private Finding last = Finding.REFUSED;

    ServerHealth(int rise, int fall) {
        this.rise = rise;
        this.fall = fall;
    }

    /** Takes a finding in; returns whether the server became fit or unfit by it. */
    boolean found(Finding finding) {
        last = finding;
        silent = finding == Finding.SILENT ? silent + 1 : 0;
        if (finding == Finding.READY) {
            bad = 0;
            good++;
            if (!fit && (good >= rise || !everFit)) {
                fit = true;
                everFit = true;
                return true;
            }
        } else {
            good = 0;
            bad++;
            if (fit && bad >= fall) {
                fit = false;
                return true;
            }
        }
        return false;
    }

    /** Whether it gets new connections. */
    boolean fit() {
        return fit;
    }

    /** Whether it is silent and has been for long enough to give its connections up. */
    boolean lost() {
        return !fit && silent >= fall;
    }

    Finding last() {
        return last;
    }
}
