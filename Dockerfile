# The native command and nothing else: a layer of some 10 MB, without a shell. Build it once tools/publish-native has been run:
#
#   docker build -t wizer .
#   docker run --rm -v "$PWD:/src" wizer app.wasm -o app.init.wasm
FROM debian:bookworm-slim AS files
COPY build/docker/root artifacts/native/wizer /files/
RUN /files/root /files/wizer /image

FROM scratch
COPY --from=files /image/ /
WORKDIR /src
ENTRYPOINT ["/usr/bin/wizer"]
