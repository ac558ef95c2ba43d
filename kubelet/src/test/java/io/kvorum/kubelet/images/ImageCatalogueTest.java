package io.kvorum.kubelet.images;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ImageCatalogueTest {
    @TempDir
    @SuppressWarnings("NullAway.Init")
    Path folder;

    @SuppressWarnings("NullAway.Init")
    private ImageCatalogue catalogue;

    @BeforeEach
    void open() throws IOException {
        catalogue = new ImageCatalogue(folder, "images.jar", folder.resolve("bin"));
    }

    private @Nullable ImageDescriptor find(String name) throws IOException {
        return catalogue.find(ImageReference.parse(name));
    }

    private List<String> line(String image, List<String> command, List<String> args) throws IOException {
        return catalogue.commandLine(Objects.requireNonNull(find(image)), command, args);
    }

    @Test
    void namesAreMadeWhole() {
        assertThat(ImageReference.parse("nginx")).hasToString("docker.io/library/nginx:latest");
        assertThat(ImageReference.parse("hashicorp/http-echo:1")).hasToString("docker.io/hashicorp/http-echo:1");
        assertThat(ImageReference.parse("localhost:5000/a/b:v1")).hasToString("localhost:5000/a/b:v1");
        assertThat(ImageReference.parse("registry.k8s.io/pause:3.9")).hasToString("registry.k8s.io/pause:3.9");
        assertThat(ImageReference.parse("nginx@sha256:abc").tag()).isEmpty();
        assertThatThrownBy(() -> ImageReference.parse("No Name")).hasMessageContaining("invalid reference format");
    }

    @Test
    void builtInImagesAreFoundUnderTheirNames() throws IOException {
        for (String name : List.of(
                "nginx",
                "nginx:1.27",
                "nginx:1.14.2",
                "nginx:1.25-alpine",
                "docker.io/library/nginx:latest",
                "library/nginx",
                "httpd:2.4",
                "busybox:1.36",
                "busybox",
                "alpine:3.20",
                "registry.k8s.io/pause:3.10",
                "hashicorp/http-echo:1.0",
                "registry.k8s.io/e2e-test-images/agnhost:2.47")) {
            assertThat(find(name)).as(name).isNotNull();
        }
    }

    @Test
    void whatDoesNotExistIsNotFound() throws IOException {
        for (String name : List.of("nginx:1.161", "nginx:does-not-exist", "ngins", "example.com/nginx", "busybox:no")) {
            assertThat(find(name)).as(name).isNull();
        }
        assertThat(ImageCatalogue.notFound(ImageReference.parse("ngins")))
                .contains("kvorum image add docker.io/library/ngins:latest --exec PATH");
    }

    @Test
    void commandAndArgsOverrideAsDockerDoes() throws IOException {
        assertThat(line("nginx", List.of(), List.of()))
                .endsWith("-cp", "images.jar", "io.kvorum.images.WebServer", "nginx", "-g", "daemon off;");
        assertThat(line("nginx", List.of("nginx", "-g", "daemon off;"), List.of()))
                .endsWith("io.kvorum.images.WebServer", "nginx", "-g", "daemon off;");
        assertThat(line("nginx", List.of("sh", "-c", "x"), List.of())).containsExactly("sh", "-c", "x");
        assertThat(line("busybox", List.of(), List.of("sleep", "1"))).containsExactly("sleep", "1");
        assertThat(line("busybox", List.of("sh"), List.of("-c", "x"))).containsExactly("sh", "-c", "x");
        assertThat(line("hashicorp/http-echo", List.of(), List.of("-text=hi")))
                .endsWith("io.kvorum.images.HttpEcho", "-text=hi");
        assertThat(line("registry.k8s.io/e2e-test-images/agnhost:2.47", List.of("/agnhost", "netexec"), List.of("-x")))
                .endsWith("io.kvorum.images.Agnhost", "netexec", "-x");
    }

    @Test
    void theUsersDescriptorsComeFirst() throws IOException {
        Files.writeString(
                folder.resolve("redis.properties"),
                "names = redis, my/*:v?1\nexec = /opt/redis\ncommand = [\"--port\", \"1\"]\nenv.A = b\n");
        assertThat(line("redis:7", List.of(), List.of())).containsExactly("/opt/redis", "--port", "1");
        assertThat(Objects.requireNonNull(find("redis")).environment()).containsEntry("A", "b");
        Files.writeString(folder.resolve("nginx.properties"), "names = nginx:1.27\nexec = /opt/nginx\n");
        assertThat(line("nginx:1.27", List.of(), List.of())).containsExactly("/opt/nginx");
        assertThat(line("nginx:1.26", List.of(), List.of())).contains("io.kvorum.images.WebServer");
    }

    @Test
    void aWrongDescriptorIsNamed() throws IOException {
        Files.writeString(folder.resolve("bad.properties"), "names = bad\ncommand = not json\n");
        assertThatThrownBy(() -> find("bad"))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("bad.properties")
                .hasMessageContaining("command must be a JSON list");
    }

    @Test
    void whatAnImageProvidesIsInAFolderForThePath() throws IOException {
        Path bin = catalogue.programFolder(Objects.requireNonNull(find("nginx")));
        Path again = catalogue.programFolder(Objects.requireNonNull(find("nginx")));
        assertThat(again).isEqualTo(bin);
        try (var files = Files.list(Objects.requireNonNull(bin))) {
            assertThat(files.map(file -> file.getFileName().toString()))
                    .containsExactlyInAnyOrder("nginx", "docker-entrypoint.sh");
        }
        assertThat(bin.resolve("nginx"))
                .isExecutable()
                .content()
                .startsWith("#!/bin/sh\nexec '")
                .endsWith("'io.kvorum.images.WebServer' 'nginx' \"$@\"\n");
        assertThat(catalogue.programFolder(Objects.requireNonNull(find("busybox"))))
                .isNull();
    }
}
