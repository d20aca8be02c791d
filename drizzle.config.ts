import { defineConfig } from "drizzle-kit"

export default defineConfig({ dialect: "postgresql", schema: "./src/store/database/schema.ts", out: "./drizzle" })
