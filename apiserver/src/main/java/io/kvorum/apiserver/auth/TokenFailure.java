package io.kvorum.apiserver.auth;

/** It could not be found out whose a token is. Whoever shows it is refused; whoever asks about it is told why. */
public final class TokenFailure extends RuntimeException {
    private static final long serialVersionUID = 1;

    public TokenFailure(String why) {
        super(why, null, false, false);
    }
}
