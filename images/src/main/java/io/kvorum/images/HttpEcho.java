package io.kvorum.images;

/**
 * The program of {@code hashicorp/http-echo}: answers every request with one text.
 *
 * <p>Flags: {@code -text=TEXT} (or environment {@code ECHO_TEXT}), {@code -listen=[HOST]:PORT} (default {@code :5678}),
 * {@code -status-code=N}. One or two dashes, value after {@code =} or as the next argument.
 */
public final class HttpEcho {
    private HttpEcho() {}

    public static void main(String[] args) {
        GoFlags flags = GoFlags.parse(args);
        String text = flags.value("text", Serving.env("ECHO_TEXT", ""));
        String listen = flags.value("listen", ":5678");
        int status = Integer.parseInt(flags.value("status-code", "200"));
        if (text.isEmpty()) {
            System.err.println("Missing -text option!");
            System.exit(127);
        }
        int colon = listen.lastIndexOf(':');
        int port = Integer.parseInt(listen.substring(colon + 1));
        String host = colon < 0 ? "" : listen.substring(0, colon);
        HttpServer server = Serving.run(
                Serving.address(host, port),
                "http-echo",
                request -> request.path().equals("/health")
                        ? HttpResponse.text(200, "application/json", "{\"status\":\"ok\"}\n")
                        : HttpResponse.text(status, "text/plain; charset=utf-8", text + "\n"),
                (request, code, bytes) -> System.out.println(request.header("host") + " "
                        + request.remote().getAddress().getHostAddress() + " \"" + request.method() + " "
                        + request.target() + " " + request.version() + "\" " + code + " " + bytes));
        System.err.println("[INFO] server is listening on :" + server.port());
    }
}
