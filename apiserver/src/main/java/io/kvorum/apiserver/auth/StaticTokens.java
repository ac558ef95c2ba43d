package io.kvorum.apiserver.auth;

import io.kvorum.apiserver.request.User;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The tokens of {@code --token-auth-file}: lines of {@code token,user,uid[,"group1,group2"]}, read once. */
public final class StaticTokens implements TokenAuthenticator {
    private final Map<String, User> users;

    private final List<String> own;

    private StaticTokens(Map<String, User> users, List<String> own) {
        this.own = List.copyOf(own);
        this.users = Map.copyOf(users);
    }

    /**
     * Fails with IllegalArgumentException naming the line.
     *
     * @param audiences the API server's own
     */
    public static StaticTokens parse(List<String> lines, List<String> audiences) {
        Map<String, User> users = new HashMap<>();
        for (int i = 0; i < lines.size(); i++) {
            String line = lines.get(i).strip();
            if (line.isEmpty() || line.startsWith("#")) {
                continue;
            }
            List<String> fields = fields(line);
            if (fields.size() < 3) {
                throw new IllegalArgumentException("line " + (i + 1)
                        + ": token file must have at least 3 columns (token, user name, user uid), found "
                        + fields.size());
            }
            if (fields.get(0).isEmpty() || fields.get(1).isEmpty()) {
                throw new IllegalArgumentException("line " + (i + 1) + ": token and user name must not be empty");
            }
            List<String> groups = new ArrayList<>();
            if (fields.size() > 3 && !fields.get(3).isEmpty()) {
                groups.addAll(List.of(fields.get(3).split(",")));
            }
            groups.add(User.AUTHENTICATED);
            users.put(fields.get(0), new User(fields.get(1), fields.get(2), List.copyOf(groups), Map.of()));
        }
        return new StaticTokens(users, audiences);
    }

    /** Comma-separated, quoted with doubled quotes inside (RFC 4180); spaces around fields do not count. */
    private static List<String> fields(String line) {
        List<String> fields = new ArrayList<>();
        StringBuilder field = new StringBuilder();
        boolean quoted = false;
        for (int i = 0; i < line.length(); i++) {
            char c = line.charAt(i);
            if (quoted && c == '"' && i + 1 < line.length() && line.charAt(i + 1) == '"') {
                field.append('"');
                i++;
            } else if (c == '"') {
                quoted = !quoted;
            } else if (c == ',' && !quoted) {
                fields.add(field.toString().strip());
                field.setLength(0);
            } else {
                field.append(c);
            }
        }
        fields.add(field.toString().strip());
        return fields;
    }

    /** A static token is for the API server; who asks for other audiences is not answered. */
    @Override
    public Future<@Nullable Found> authenticate(String token, List<String> audiences) {
        User user = users.get(token);
        List<String> meant = audiences.isEmpty()
                ? own
                : audiences.stream().filter(own::contains).toList();
        return Future.succeededFuture(user == null || meant.isEmpty() ? null : new Found(user, meant));
    }
}
