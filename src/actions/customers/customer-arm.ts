import { type AssignedArm, assignArm, quarterOf } from "../../core/decision/arm.ts"
import type { Services } from "../../services.ts"
import { armUniform } from "../../store/customers/arm-uniform.ts"

/** Returns the arm that a customer is in now. */
export function customerArm({ config, clock }: Pick<Services, "config" | "clock">, customerId: string): AssignedArm {
  const quarter = quarterOf(clock())
  return assignArm(armUniform(customerId, quarter.name), config.armShares, quarter)
}
