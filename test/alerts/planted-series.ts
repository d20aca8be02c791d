/** An hour of a replica with one thing planted, as a scrape every 15 seconds would have it. */
export interface PlantedHour {
  name: string
  series: readonly { series: string; values: string }[]
  /** Alerts that fire at its end, and no others. */
  alerts: readonly string[]
}

const steps = 240
const target = 'instance="replica-1",job="beforehand"'
/** Returns a series that begins at a number and grows by another with each scrape. */
const line = (name: string, labels: string, begin: number, step: number) => ({
  series: `${name}{${[labels, target].filter(Boolean).join(",")}}`,
  values: `${begin}+${step}x${steps}`,
})
const constant = (name: string, labels: string, value: number) => line(name, labels, value, 0)

const loops = ["deliver", "follow-catalogue", "follow-release", "refold", "retain", "trigger"]
const pools = ["keyedReads", "keyedWrites", "reads", "writes"]
const lastSuccess = "beforehand_loop_last_success_timestamp_seconds"
const day = 86_400

/** Twenty requests a second, all in time; in a test of rules the hour begins at 0 seconds since the epoch. */
const healthy = [
  constant("up", "", 1),
  ...["0.1", "+Inf"].map((le) =>
    line("beforehand_request_seconds_bucket", `le="${le}",method="POST",route="/v1/recommend",status="200"`, 0, 300),
  ),
  line("beforehand_request_seconds_count", 'method="POST",route="/v1/recommend",status="200"', 0, 300),
  line("beforehand_decisions_total", 'verb="recommend",kind="items",degraded="false"', 0, 300),
  line("beforehand_events_total", 'status="accepted"', 0, 300),
  ...["reads", "writes"].map((access) =>
    constant("beforehand_database_fault", `access="${access}",reason="absent"`, 0),
  ),
  ...loops.map((loop) => line(lastSuccess, `loop="${loop}"`, 0, 15)),
  ...loops.map((loop) => line("beforehand_loop_run_seconds_count", `loop="${loop}"`, 0, 15)),
  ...pools.flatMap((pool) =>
    ["0.001", "0.1", "0.5", "+Inf"].map((le) =>
      line("beforehand_pool_wait_seconds_bucket", `le="${le}",pool="${pool}"`, 0, 300),
    ),
  ),
  constant("beforehand_partitions_end_timestamp_seconds", "", 60 * day),
  constant("beforehand_newest_release_timestamp_seconds", "", 0),
  line("beforehand_release_age_seconds", "", 0, 15),
  constant("beforehand_catalogue_age_seconds", "", 1),
  constant("beforehand_process_up", 'pid="1"', 1),
  constant("nodejs_eventloop_lag_p99_seconds", "", 0.012),
  constant("beforehand_webhook_oldest_seconds", "", 0),
  constant("beforehand_webhook_deliveries", 'state="waiting"', 0),
  constant("beforehand_webhook_deliveries", 'state="dead"', 0),
]

/** Returns the healthy hour with these series in the place of those of the same name and labels, or beside them. */
const healthyBut = (...planted: typeof healthy) => [
  ...healthy.filter(({ series }) => !planted.some((one) => one.series === series)),
  ...planted,
]

/** Hours that no fault of the database makes, one for each alert that has to be right before anybody notices. */
export const plantedHours: readonly PlantedHour[] = [
  { name: "all is well", series: healthy, alerts: [] },
  {
    name: "one loop stands still",
    series: healthyBut(constant(lastSuccess, 'loop="refold"', 0)),
    alerts: ["LoopSilent"],
  },
  {
    name: "the hourly loop has not run for an hour",
    series: healthyBut(constant(lastSuccess, 'loop="retain"', 0)),
    alerts: [],
  },
  {
    name: "half of the turns of a loop fail, and more",
    series: healthyBut(line("beforehand_loop_failures_total", 'loop="trigger"', 0, 9)),
    alerts: ["LoopFails"],
  },
  {
    name: "a receiver of webhooks is silent",
    series: healthyBut(
      line("beforehand_webhook_oldest_seconds", "", 0, 15),
      line("beforehand_webhook_deliveries", 'state="waiting"', 0, 4),
    ),
    alerts: ["WebhooksWait"],
  },
  {
    name: "a receiver of webhooks was silent for ten minutes",
    series: healthyBut(constant("beforehand_webhook_oldest_seconds", "", 600)),
    alerts: [],
  },
  {
    name: "a webhook message is dead",
    series: healthyBut(constant("beforehand_webhook_deliveries", 'state="dead"', 1)),
    alerts: ["WebhooksDead"],
  },
  {
    name: "one wait of fifty for a connection takes half a second",
    series: healthyBut(
      line("beforehand_pool_wait_seconds_bucket", 'le="0.001",pool="keyedWrites"', 0, 294),
      line("beforehand_pool_wait_seconds_bucket", 'le="0.1",pool="keyedWrites"', 0, 294),
    ),
    alerts: ["PoolWaits"],
  },
  {
    name: "rows have a partition for nine days more",
    series: healthyBut(constant("beforehand_partitions_end_timestamp_seconds", "", 9 * day)),
    alerts: ["PartitionsEnd"],
  },
  {
    name: "the last training failed",
    series: healthyBut(
      constant("beforehand_training_last_timestamp_seconds", 'result="promoted"', 100),
      constant("beforehand_training_last_timestamp_seconds", 'result="failed"', 200),
    ),
    alerts: ["TrainingFails"],
  },
  {
    name: "the first training failed",
    series: healthyBut(constant("beforehand_training_last_timestamp_seconds", 'result="failed"', 200)),
    alerts: ["TrainingFails"],
  },
  {
    name: "a training failed and the next one was refused",
    series: healthyBut(
      constant("beforehand_training_last_timestamp_seconds", 'result="failed"', 200),
      constant("beforehand_training_last_timestamp_seconds", 'result="worseThanLive"', 300),
    ),
    alerts: [],
  },
  {
    name: "a process does not answer the first one",
    series: healthyBut(constant("beforehand_process_up", 'pid="2"', 0)),
    alerts: ["ProcessSilent"],
  },
  {
    name: "the service does not answer",
    series: [constant("up", "", 0)],
    alerts: ["ServiceDown"],
  },
]
