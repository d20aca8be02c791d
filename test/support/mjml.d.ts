declare module "mjml" {
  export default function mjml(
    layout: string,
    options: { validationLevel: "strict" },
  ): Promise<{ html: string; errors: readonly { formattedMessage: string }[] }>
}
