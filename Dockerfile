# A node of Millrace. Build: docker build -t millrace .
# Run alone: docker run --stop-timeout 30 -p 127.0.0.1:7070:7070 -e MILLRACE_ALLOW_OPEN=true -v lake:/var/lib/millrace millrace
# Debian, since DuckDB ships binaries for glibc alone.
FROM node:20.19-bookworm-slim AS build
WORKDIR /app
COPY package.json package-lock.json ./
# Not `npm ci`: see scripts/prepare.mjs. Scripts would compile what is not there yet.
RUN npm install --no-save --no-audit --no-fund --ignore-scripts
COPY . .
RUN npx tsc && npm prune --omit=dev --ignore-scripts --no-audit --no-fund && rm -rf dist/test dist/benchmarks dist/scripts

FROM node:20.19-bookworm-slim
# Blocks of a few MB go back to the system when they are freed, which glibc would otherwise keep and cut up: see docs/OPERATIONS.md.
ENV NODE_ENV=production MALLOC_MMAP_THRESHOLD_=4194304
WORKDIR /app
COPY --from=build /app/package.json ./
COPY --from=build /app/bin ./bin
COPY --from=build /app/node_modules ./node_modules
COPY --from=build /app/dist ./dist
COPY --from=build /app/src/catalog/migrations ./src/catalog/migrations
# Copies of objects and files in the making.
RUN ln -s /app/bin/millrace.js /usr/local/bin/millrace && mkdir -p /var/lib/millrace && chown node:node /var/lib/millrace
VOLUME /var/lib/millrace
USER node
EXPOSE 7070
HEALTHCHECK --interval=10s --timeout=5s --start-period=20s CMD ["node", "-e", "fetch('http://127.0.0.1:7070/healthz').then((answer) => process.exit(answer.ok ? 0 : 1), () => process.exit(1))"]
# Not through a shell: a node hears SIGTERM itself.
ENTRYPOINT ["millrace"]
CMD ["serve", "--host", "0.0.0.0", "--port", "7070", "--data", "/var/lib/millrace"]
