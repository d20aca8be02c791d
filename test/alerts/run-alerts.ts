import { judgeAlerts } from "./judge-alerts.ts"

/** Says of each recording which alerts fired that should not, or did not that should; fails if there are any. */
const judged = judgeAlerts()
for (const { name, isRight, said } of judged) process.stdout.write(`${name}: ${isRight ? "right" : said}\n`)
if (judged.some(({ isRight }) => !isRight)) process.exitCode = 1
