/** Returns the page behind the link of an announcement; its form vetoes only when it is submitted. */
export function vetoPage({ title, state }: { title: string; state: "open" | "vetoed" | "tooLate" }): string {
  const item = escaped(title)
  const said = {
    open: `<h1>${item} is about to be sent to you</h1><form method="post"><button>No, thank you</button></form>`,
    vetoed: `<h1>${item} will not be sent</h1>`,
    tooLate: `<h1>${item} is on its way</h1><p>It can be returned free of charge.</p>`,
  }[state]
  return `<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<meta name="robots" content="noindex"><title>${item}</title>
<style>body{font:18px/1.5 system-ui,sans-serif;max-width:32rem;margin:4rem auto;padding:0 1rem}button{font:inherit;padding:.6rem 1.2rem}</style>
${said}</html>
`
}

const escaped = (text: string) => text.replace(/[&<>"]/g, (sign) => `&#${sign.charCodeAt(0)};`)
