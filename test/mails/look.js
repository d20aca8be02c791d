// Runs in the page: what can be seen of the mail in it.
;(() => {
  const isSeen = (element) => {
    const { width, height } = element.getBoundingClientRect()
    return width > 20 && height > 12 && getComputedStyle(element).visibility === "visible"
  }
  const luminance = (colour) => {
    const [r, g, b] = (colour.match(/[\d.]+/g) ?? []).slice(0, 3).map((part) => {
      const share = Number(part) / 255
      return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4
    })
    return 0.2126 * r + 0.7152 * g + 0.0722 * b
  }
  const groundOf = (element) => {
    const ground = element === null ? "rgb(255, 255, 255)" : getComputedStyle(element).backgroundColor
    return ground === "rgba(0, 0, 0, 0)" ? groundOf(element.parentElement) : ground
  }
  const contrastOf = (element) => {
    const [dark, light] = [luminance(getComputedStyle(element).color), luminance(groundOf(element))].sort(
      (a, b) => a - b,
    )
    return (light + 0.05) / (dark + 0.05)
  }
  const pictures = [...document.querySelectorAll("img, [role=img]")].filter(isSeen)
  const written = [...document.querySelectorAll("a, span, strong, s, .mail-text > div")].filter(
    (element) => element.textContent?.trim() && ![...element.children].some((child) => child.textContent?.trim()),
  )
  return {
    text: document.body.innerText.replace(/\s+/g, " "),
    pictures: pictures.length,
    labels: pictures.map((picture) => picture.getAttribute("alt") ?? picture.getAttribute("aria-label")),
    buttons: [...document.querySelectorAll(".mail-button a[href]")].filter(isSeen).length,
    overflow: Math.max(0, document.documentElement.scrollWidth - innerWidth),
    crowded: [...document.querySelectorAll(".mail-text > div")]
      .filter((element) => element.scrollHeight > element.clientHeight + 2)
      .map((element) => element.textContent.trim()),
    faint: written.filter((element) => contrastOf(element) < 4.5).map((element) => element.textContent.trim()),
  }
})()
