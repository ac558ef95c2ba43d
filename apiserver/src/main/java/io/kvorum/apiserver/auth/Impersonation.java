package io.kvorum.apiserver.auth;

import io.kvorum.api.ApiException;
import io.kvorum.apiserver.auth.Authorizer.Attributes;
import io.kvorum.apiserver.request.ApiRequest;
import io.kvorum.apiserver.request.User;
import io.vertx.core.Future;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * The headers {@code Impersonate-User}, {@code -Group}, {@code -Uid} and {@code -Extra-...}: who may become whom. Each
 * of them is asked for by the verb {@code impersonate}.
 */
public final class Impersonation {
    private static final String USER = "Impersonate-User";
    private static final String GROUP = "Impersonate-Group";
    private static final String UID = "Impersonate-Uid";
    private static final String EXTRA = "impersonate-extra-";
    private static final String AUTHENTICATION = "authentication.k8s.io";

    private final Authorizer authorizer;

    public Impersonation(Authorizer authorizer) {
        this.authorizer = authorizer;
    }

    /** Whom {@code user} acts as in this request: itself without such headers. Fails with 403 or 400. */
    public Future<User> actingAs(User user, ApiRequest request) {
        String name = request.header(USER);
        List<String> groups = request.headers().getAll(GROUP);
        String uid = request.header(UID);
        Map<String, List<String>> extra = extra(request);
        if (name.isEmpty()) {
            if (!groups.isEmpty() || !uid.isEmpty() || !extra.isEmpty()) {
                throw ApiException.badRequest(
                        "requested [" + asked(groups, uid, extra) + "] without impersonating a user");
            }
            return Future.succeededFuture(user);
        }
        String[] account = User.serviceAccountOf(name);
        List<Attributes> asked = new ArrayList<>();
        asked.add(
                account.length == 2
                        ? Attributes.resource("impersonate", "", "serviceaccounts", account[0], account[1])
                        : Attributes.resource("impersonate", "", "users", "", name));
        groups.forEach(group -> asked.add(Attributes.resource("impersonate", "", "groups", "", group)));
        if (!uid.isEmpty()) {
            asked.add(new Attributes("impersonate", AUTHENTICATION, "v1", "uids", "", "", uid, ""));
        }
        extra.forEach((key, values) -> values.forEach(value ->
                asked.add(new Attributes("impersonate", AUTHENTICATION, "v1", "userextras", key, "", value, ""))));
        User acted = new User(name, uid, List.copyOf(groups(name, account, groups)), extra);
        return check(user, asked, 0).map(allowed -> acted);
    }

    private static List<String> groups(String name, String[] account, List<String> given) {
        List<String> groups = new ArrayList<>(given);
        if (given.isEmpty() && account.length == 2) {
            groups.addAll(User.serviceAccountGroups(account[0]));
        }
        String own = name.equals(User.ANONYMOUS.name()) ? User.UNAUTHENTICATED : User.AUTHENTICATED;
        if (!groups.contains(User.AUTHENTICATED) && !groups.contains(User.UNAUTHENTICATED)) {
            groups.add(own);
        }
        return groups;
    }

    private static Map<String, List<String>> extra(ApiRequest request) {
        Map<String, List<String>> extra = new LinkedHashMap<>();
        for (Map.Entry<String, String> header : request.headers()) {
            String name = header.getKey().toLowerCase(Locale.ROOT);
            if (name.startsWith(EXTRA)) {
                String key = unescaped(name.substring(EXTRA.length()));
                extra.computeIfAbsent(key, any -> new ArrayList<>(1)).add(header.getValue());
            }
        }
        return extra;
    }

    /** What has no valid escapes is taken as it is, as upstream does. */
    private static String unescaped(String key) {
        try {
            return URLDecoder.decode(key.replace("+", "%2B"), StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            return key;
        }
    }

    private static String asked(List<String> groups, String uid, Map<String, List<String>> extra) {
        List<String> parts = new ArrayList<>();
        groups.forEach(group -> parts.add("group " + group));
        if (!uid.isEmpty()) {
            parts.add("uid " + uid);
        }
        extra.keySet().forEach(key -> parts.add("extra " + key));
        return String.join(", ", parts);
    }

    /** One after another: the first that is refused is what is told. */
    private Future<Void> check(User user, List<Attributes> asked, int at) {
        if (at == asked.size()) {
            return Future.succeededFuture();
        }
        return authorizer
                .authorize(user, asked.get(at))
                .compose(decision -> decision.allowed()
                        ? check(user, asked, at + 1)
                        : Future.failedFuture(Forbidden.of(user, asked.get(at), decision.reason())));
    }
}
