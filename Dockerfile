# docker build -t your-registry/ai-gateway:0.1.0 .
ARG MAVEN_IMAGE=maven:3.9-eclipse-temurin-25
ARG RUNTIME_IMAGE=eclipse-temurin:25-jre

FROM ${MAVEN_IMAGE} AS layers
WORKDIR /src
COPY pom.xml ./
COPY src ./src
# -o first: what a mounted repository has needs no network
RUN mvn -B -ntp -q -o -Dmaven.test.skip=true package || mvn -B -ntp -q -Dmaven.test.skip=true package
# in layers, from what changes least to what changes most
RUN java -Djarmode=tools -jar target/ai-gateway.jar extract --layers --destination /layers

FROM ${RUNTIME_IMAGE}
LABEL org.opencontainers.image.title="ai-gateway" \
      org.opencontainers.image.description="One address for OpenAI and Anthropic clients; Camel routes in YAML decide which provider answers" \
      org.opencontainers.image.version="0.1.0"
WORKDIR /app
COPY --from=layers /layers/dependencies/ ./
COPY --from=layers /layers/snapshot-dependencies/ ./
COPY src/main/docker/wget /usr/local/lib/wget
COPY --from=layers /layers/application/ ./

# Half of the memory for the heap, of which the start takes some 40 MB: buffers outside it, code and threads take
# the other. The cache below brings the profiles of a warm JVM, so a shorter warm-up is enough.
# docs/decisions/0026 has the figures.
ENV JAVA_TOOL_OPTIONS="-XX:+UseParallelGC -XX:InitialRAMPercentage=6 -XX:MaxRAMPercentage=50 -XX:MaxDirectMemorySize=128m -XX:+UseCompactObjectHeaders -XX:+ExitOnOutOfMemoryError" \
    GATEWAY_WARM_UP_REQUESTS=500

# A training run, warm-up and a look at changed routes included: what it loads and links is kept in a
# cache, which the JVM maps at each start.
RUN command -v wget >/dev/null || ln -s /usr/local/lib/wget /usr/local/bin/wget; \
    mkdir /tmp/routes; \
    ADDR=127.0.0.1:8080 PRE_DRAIN=0 ROUTES_DIR=/tmp/routes GATEWAY_WARM_UP_REQUESTS=1500 \
    java -XX:AOTCacheOutput=/app/ai-gateway.aot -jar ai-gateway.jar & \
    until wget -qO- 127.0.0.1:8080/health/ready; do kill -0 $! && sleep 1 || exit 1; done; sleep 2; \
    kill $! && wait $!; rm -rf /tmp/routes; test -s /app/ai-gateway.aot && chmod 644 /app/ai-gateway.aot

USER 1000:1000
EXPOSE 8080
HEALTHCHECK --interval=10s --timeout=3s --start-period=60s CMD ["wget", "-qO-", "localhost:8080/health/live"]
ENTRYPOINT ["java", "-XX:AOTCache=/app/ai-gateway.aot", "-jar", "ai-gateway.jar"]
