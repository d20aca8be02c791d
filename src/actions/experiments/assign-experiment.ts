import type { Arm } from "../../core/decision/arm.ts"
import { createRuleVariables, noOffer } from "../../core/decision/rule-variables.ts"
import { armOfShare } from "../../core/experiment/assign.ts"
import type { ExperimentArm } from "../../core/experiment/experiment-schema.ts"
import type { Policy } from "../../core/policy/policy.ts"
import { evaluateRule } from "../../core/rules/rule.ts"
import type { Channel } from "../../core/schema/channel.ts"
import type { Services } from "../../services.ts"
import { customerUniform } from "../../store/customers/arm-uniform.ts"
import type { CustomerRecord } from "../../store/customers/customers.ts"

interface Moment {
  placement: string
  channel: Channel
  nowMs: number
  /** Arm of the universal holdout and its ablations that the customer is in. */
  arm: Arm
}

/** The policy that decides for a customer at a placement, and the arm of the experiment that chose it. */
interface AssignedPolicy {
  policy: Policy
  experiment?: Omit<ExperimentArm, "orders">
}

/**
 * Returns the policy of the customer's arm where an experiment runs on the placement and they take part, else the placement's own. The
 * universal holdout and its ablation arms take part in none.
 */
export function assignPolicy(
  services: Pick<Services, "policies" | "experiments">,
  customer: CustomerRecord,
  { placement, channel, nowMs, arm: universal }: Moment,
): AssignedPolicy {
  const policy = services.policies.of(placement)
  const running = services.experiments.at(placement)
  if (running === undefined || universal !== "standard") return { policy }
  const { id, design } = running
  if (design.eligibility !== undefined) {
    const { history, consents, traits } = customer
    const variables = createRuleVariables({ nowMs, placement, channel, history, consents, traits }, policy)
    if (evaluateRule(design.eligibility, variables({ offer: noOffer, item: undefined })) !== true) return { policy }
  }
  const arm = armOfShare(design.arms, customerUniform(customer.customerId, `experiment/${id}`))
  return {
    policy: arm.policyOf === undefined ? policy : services.policies.of(arm.policyOf),
    experiment: { id, arm: arm.id, share: arm.share },
  }
}
