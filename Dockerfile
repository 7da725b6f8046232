# syntax=docker/dockerfile:1
# One image for every role: docker run … serve --role execution. It holds no secret: those come with the environment or as mounted files.
FROM node:24.21.0-bookworm-slim AS build
WORKDIR /build
COPY package.json package-lock.json .npmrc ./
# The Node of the image is the one that runs: the pinned one of npm needs no download.
RUN npm ci --ignore-scripts
COPY tsconfig*.json ./
COPY src ./src
COPY web ./web
RUN npm run build && npm prune --omit=dev --ignore-scripts

FROM node:24.21.0-bookworm-slim
ENV NODE_ENV=production TRADEWRIGHT_HOME=/data
WORKDIR /app
COPY --from=build /build/node_modules ./node_modules
COPY --from=build /build/dist ./dist
COPY package.json LICENSE ./
COPY bin ./bin
COPY docs ./docs
RUN mkdir /data && chown 10001:10001 /data
USER 10001:10001
VOLUME /data
EXPOSE 7330
# Whether it is ready is for who sends requests to ask (/health/ready): here only whether it lives.
HEALTHCHECK --interval=10s --timeout=5s --start-period=20s --retries=3 \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.TRADEWRIGHT_PORT || process.env.PORT || 7330}/health/live`).then((r) => process.exit(r.ok ? 0 : 1), () => process.exit(1))"]
STOPSIGNAL SIGTERM
ENTRYPOINT ["node", "/app/bin/tradewright.js"]
CMD ["serve", "--host", "0.0.0.0", "--behind-proxy"]
