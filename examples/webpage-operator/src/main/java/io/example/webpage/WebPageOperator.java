package io.example.webpage;

import io.javaoperatorsdk.operator.Operator;
import java.nio.file.Path;
import java.time.Duration;

/** Runs the operator against the cluster of the kubeconfig until it is terminated. */
public final class WebPageOperator {
    private WebPageOperator() {}

    public static void main(String[] args) {
        Operator operator = new Operator();
        operator.register(new WebPageReconciler(Path.of(System.getenv().getOrDefault("PAGES", "pages"))));
        operator.installShutdownHook(Duration.ofSeconds(5));
        operator.start();
    }
}
