# One image for every component, after `mvn -q -Dquick -DskipTests package`. The command is a role and its flags, the
# same flags as the local launcher gives (see docker-compose.yml). The base needs a JRE 17+, sh and, for nodes, ip.
ARG BASE=eclipse-temurin:17-jre
FROM ${BASE}
RUN command -v ip >/dev/null || { apt-get update && apt-get install -y --no-install-recommends iproute2 && rm -rf /var/lib/apt/lists/*; }
COPY dist/target/kvorum/lib /opt/kvorum/lib
COPY docker/entrypoint.sh /opt/kvorum/entrypoint.sh
RUN ln -s /opt/kvorum/lib/kvorum-images-*.jar /opt/kvorum/images.jar
ENTRYPOINT ["/bin/sh", "/opt/kvorum/entrypoint.sh"]
