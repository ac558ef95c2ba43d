package io.kvorum.apiserver.webhook;

import io.kvorum.apiserver.aggregation.ServiceEndpoint;
import io.vertx.core.buffer.Buffer;
import java.io.IOException;
import java.net.ConnectException;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeoutException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/** Why a webhook could not be asked, in the words of upstream's HTTP client. */
public final class HookFailure extends RuntimeException {
    private static final Pattern ADDRESS = Pattern.compile("/?([^/ ]+:[0-9]+)$");
    private static final int MOST_SHOWN = 2048;
    private static final String LATE = "context deadline exceeded";

    private final int code;

    /** A sentence of its own, without a stack. */
    HookFailure(String message) {
        this(message, 503);
    }

    private HookFailure(String message, int code) {
        super(message, null, false, false);
        this.code = code;
    }

    /** That of the answer; 503 when there was none. */
    int code() {
        return code;
    }

    /** Whether there was no answer in time. */
    public boolean isLate() {
        return String.valueOf(getMessage()).endsWith(LATE);
    }

    /** Of a request that got no answer. */
    public static HookFailure of(String url, Throwable cause) {
        if (cause instanceof HookFailure failure) {
            return failure;
        }
        return new HookFailure("Post \"" + url + "\": " + worded(cause));
    }

    private static String worded(Throwable cause) {
        String message = String.valueOf(cause.getMessage());
        if (cause instanceof TimeoutException || message.contains("timed out")) {
            return LATE;
        }
        if (cause instanceof UnknownHostException) {
            return "dial tcp: lookup " + message.replaceAll("^.*'([^']*)'.*$", "$1") + ": no such host";
        }
        if (cause instanceof ConnectException) {
            Matcher address = ADDRESS.matcher(message);
            String where = address.find() ? " " + address.group(1) : "";
            return "dial tcp" + where + ": connect: connection refused";
        }
        SSLException tls = tls(cause);
        if (tls != null) {
            String why = String.valueOf(root(tls).getMessage());
            return "tls: failed to verify certificate: x509: "
                    + (why.contains("unable to find valid certification path")
                            ? "certificate signed by unknown authority"
                            : why);
        }
        return cause instanceof IOException ? "EOF" : message;
    }

    private static @Nullable SSLException tls(Throwable cause) {
        Throwable here = cause;
        for (int depth = 0; here != null && depth < 8; depth++) {
            if (here instanceof SSLException tls) {
                return tls;
            }
            here = here.getCause();
        }
        return null;
    }

    private static Throwable root(Throwable cause) {
        Throwable here = cause;
        for (int depth = 0; depth < 16; depth++) {
            Throwable next = here.getCause();
            if (next == null) {
                return here;
            }
            here = next;
        }
        return here;
    }

    /** The Service leads nowhere. */
    static Throwable unresolved(ServiceEndpoint endpoint, String service, long port) {
        return new IllegalStateException(
                switch (endpoint.reason()) {
                    case "ServiceNotFound" -> "service \"" + service + "\" not found";
                    case "ServicePortError" -> "no service port " + port + " found for service \"" + service + "\"";
                    case "EndpointsNotFound" -> "endpoints \"" + service + "\" not found";
                    default -> "no endpoints available for service \"" + service + "\"";
                });
    }

    /** It answered, but not with an object. */
    public static HookFailure answered(int status, Buffer body) {
        String said = body.getString(0, Math.min(body.length(), MOST_SHOWN), StandardCharsets.UTF_8.name())
                .strip();
        return new HookFailure(
                switch (status) {
                    case 401 -> "the server has asked for the client to provide credentials";
                    case 403 -> said.isEmpty() ? "forbidden" : said;
                    case 404 -> "the server could not find the requested resource";
                    case 405 -> "the server does not allow this method on the requested resource";
                    case 409 -> "the server reported a conflict";
                    case 429 -> "the server has received too many requests and has asked us to try again later";
                    case 503 -> "the server is currently unable to handle the request";
                    case 504 ->
                        "the server was unable to return a response in the time allotted, but may still be"
                                + " processing the request";
                    default ->
                        status >= 500
                                ? "an error on the server (\"" + said + "\") has prevented the request from succeeding"
                                : "the server rejected our request for an unknown reason";
                },
                status);
    }
}
