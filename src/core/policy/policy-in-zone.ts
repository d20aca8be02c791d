import type { Policy } from "./policy.ts"

/** The policy with the shop's time zone wherever it names none: in its quiet hours and in its schedules. */
export function policyInZone(policy: Policy, timeZone: string): Policy {
  const { contact, triggers, scheduledPlans } = policy
  const { quietHours } = contact
  return {
    ...policy,
    contact: { ...contact, quietHours: quietHours && { ...quietHours, timeZone: quietHours.timeZone ?? timeZone } },
    triggers: triggers.map((trigger) =>
      "schedule" in trigger.when
        ? { ...trigger, when: { ...trigger.when, schedule: { timeZone, ...trigger.when.schedule } } }
        : trigger,
    ),
    scheduledPlans: scheduledPlans.map((plan) => ({ ...plan, schedule: { timeZone, ...plan.schedule } })),
  }
}
