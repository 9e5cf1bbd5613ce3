# Two stages: the compiler and the development packages stay in the first.
FROM node:24.21.0-bookworm-slim AS build
WORKDIR /svyaz
COPY package.json package-lock.json .npmrc tsconfig.json tsconfig.build.json ./
COPY bin ./bin
COPY src ./src
RUN npm ci && npm prune --omit=dev

FROM node:24.21.0-bookworm-slim
ENV NODE_ENV=production SVYAZ_HOST=0.0.0.0 SVYAZ_DATA=/data/svyaz
WORKDIR /svyaz
COPY --from=build --chown=node:node /svyaz/package.json ./
COPY --from=build --chown=node:node /svyaz/node_modules ./node_modules
COPY --from=build --chown=node:node /svyaz/bin ./bin
COPY --from=build --chown=node:node /svyaz/dist ./dist
COPY --chown=node:node prompts ./prompts
RUN mkdir /data && chown node:node /data
USER node
VOLUME /data
EXPOSE 8787
HEALTHCHECK --interval=15s --timeout=5s --start-period=30s --retries=4 \
  CMD ["node", "-e", "fetch('http://127.0.0.1:8787/health').then((answer) => process.exit(answer.ok ? 0 : 1), () => process.exit(1))"]
CMD ["node", "bin/svyaz.mjs", "start", "--serve"]
