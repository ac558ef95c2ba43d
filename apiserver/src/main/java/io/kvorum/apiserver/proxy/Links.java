package io.kvorum.apiserver.proxy;

import io.kvorum.api.ApiException;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClientResponse;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Links to the root of a proxied server, led back to the path it has at the API server. */
final class Links {
    private static final int MOST_PAGE_BYTES = 8 << 20;
    private static final long PAGE_SECONDS = 60;

    private static final Pattern TAG = Pattern.compile("<[a-zA-Z][^<>]*>");

    /** The attributes of HTML that hold one link. */
    private static final Pattern ATTRIBUTE = Pattern.compile(
            "(\\s(?:action|background|cite|classid|codebase|data|formaction|href|icon|longdesc|manifest"
                    + "|poster|profile|src|usemap)\\s*=\\s*)(\"[^\"]*\"|'[^']*')",
            Pattern.CASE_INSENSITIVE);

    private Links() {}

    /**
     * The link as it is at the API server. Relative links and those to other servers stay as they are.
     *
     * @param authority of the proxied server
     * @param prefix the path that stands for its root, without a slash at its end
     */
    static String led(String link, String authority, String prefix) {
        URI uri;
        try {
            uri = URI.create(link);
        } catch (IllegalArgumentException malformed) {
            return link;
        }
        String path = uri.getRawPath();
        boolean elsewhere = uri.isOpaque()
                || uri.getRawAuthority() != null && !uri.getRawAuthority().equals(authority);
        if (elsewhere
                || path == null
                || !path.startsWith("/")
                || path.equals(prefix)
                || path.startsWith(prefix + "/")) {
            return link;
        }
        String query = uri.getRawQuery() == null ? "" : "?" + uri.getRawQuery();
        String fragment = uri.getRawFragment() == null ? "" : "#" + uri.getRawFragment();
        return prefix + path + query + fragment;
    }

    /** The whole page with its links changed; fails with 502 when it is larger than 8 MiB or breaks off. */
    static Future<Buffer> page(HttpClientResponse answer, String authority, String prefix) {
        Promise<Buffer> read = Promise.promise();
        Buffer all = Buffer.buffer();
        answer.exceptionHandler(cause -> read.tryFail(broken(String.valueOf(cause.getMessage()))));
        answer.endHandler(end -> read.tryComplete(all));
        answer.handler(chunk -> {
            if (all.length() + chunk.length() > MOST_PAGE_BYTES) {
                answer.request().reset();
                read.tryFail(broken("the page is too large"));
            } else {
                all.appendBuffer(chunk);
            }
        });
        answer.resume();
        return read.future()
                .timeout(PAGE_SECONDS, TimeUnit.SECONDS)
                .onFailure(late -> answer.request().reset())
                .map(page -> Buffer.buffer(html(page.toString(StandardCharsets.ISO_8859_1), authority, prefix)
                        .getBytes(StandardCharsets.ISO_8859_1)));
    }

    /** The page with its links changed. The bytes of other encodings pass unharmed, since links are ASCII. */
    static String html(String page, String authority, String prefix) {
        return TAG.matcher(page)
                .replaceAll(tag -> Matcher.quoteReplacement(ATTRIBUTE
                        .matcher(tag.group())
                        .replaceAll(attribute -> Matcher.quoteReplacement(
                                attribute.group(1) + quoted(attribute.group(2), authority, prefix)))));
    }

    /** A link in quotes. */
    private static String quoted(String quoted, String authority, String prefix) {
        String quote = quoted.substring(0, 1);
        return quote + led(quoted.substring(1, quoted.length() - 1), authority, prefix) + quote;
    }

    private static ApiException broken(String what) {
        return new ApiException(502, "InternalError", "error reading the answer of the service: " + what, null);
    }
}
