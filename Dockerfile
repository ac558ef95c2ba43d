# One image for every component: `docker build -t kvorum .` after `mvn -q -Dquick -DskipTests package`.
# The command is a main class and its flags, the same as the local launcher gives (see docker-compose.yml).
ARG BASE=eclipse-temurin:17-jre
FROM ${BASE}
COPY dist/target/kvorum/lib /opt/kvorum/lib
COPY docker/entrypoint.sh /opt/kvorum/entrypoint.sh
ENTRYPOINT ["/bin/sh", "/opt/kvorum/entrypoint.sh"]
