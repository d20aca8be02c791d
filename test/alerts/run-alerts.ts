import { judgeAlerts, judgeHours } from "./judge-alerts.ts"
import { plantedHours } from "./planted-series.ts"

/** Says of each recording and each planted hour which alerts fired that should not, or did not that should; fails if there are any. */
const judged = [...judgeAlerts(), ...judgeHours(plantedHours)]
for (const { name, isRight, said } of judged) process.stdout.write(`${name}: ${isRight ? "right" : said}\n`)
if (judged.some(({ isRight }) => !isRight)) process.exitCode = 1
