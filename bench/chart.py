"""chart.py - a group of workloads as an SVG: how many times faster than a peer, on a logarithmic scale.

A bar to the right of 1 is spoor ahead, to the left behind; a tick on a bar's row is what was asked for."""
import html
import math

LABEL, PLOT, ROW, HEAD = 340, 420, 22, 44
COLOURS = {"DuckDB": "#3b6ea5", "chDB": "#c98b2b", "Parquet": "#6b8f3c", "evtx_dump": "#3b6ea5", "evtxexport": "#6b8f3c",
           "evtx (Python)": "#c98b2b", "SQLite": "#8a6fae"}
OTHER = "#5f7f8f"


def text(x, y, words, anchor="start", size=12, colour="#333"):
    return '<text x="%.1f" y="%.1f" font-size="%d" text-anchor="%s" fill="%s">%s</text>' % (
        x, y, size, anchor, colour, html.escape(words))


def bars(title, rows):
    """rows: [(label, [(peer, ratio)], least or None)]; returns SVG text, or None when there is nothing to show."""
    rows = [(label, [(p, r) for p, r in pairs if r and r > 0], least) for label, pairs, least in rows]
    rows = [row for row in rows if row[1]]
    if not rows:
        return None
    values = [r for _, pairs, least in rows for r in [v for _, v in pairs] + ([least] if least else [])]
    low, high = min(0.5, min(values)), max(2.0, max(values)) * 1.15
    at = lambda value: LABEL + PLOT * (math.log(value) - math.log(low)) / (math.log(high) - math.log(low))
    height = HEAD + ROW * sum(len(pairs) for _, pairs, _ in rows) + 14 + 6 * len(rows)
    out = ['<svg xmlns="http://www.w3.org/2000/svg" width="%d" height="%d" font-family="sans-serif">'
           % (LABEL + PLOT + 70, height), '<rect width="100%" height="100%" fill="#fff"/>', text(8, 18, title, size=14)]
    peers = []
    for _, pairs, _ in rows:
        peers += [p for p, _ in pairs if p not in peers]
    x = LABEL
    for peer in peers:
        out += ['<rect x="%d" y="28" width="10" height="10" fill="%s"/>' % (x, COLOURS.get(peer, OTHER)),
                text(x + 14, 37, peer, size=11)]
        x += 30 + 7 * len(peer)
    for value in (0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 50, 100, 200, 500, 1000):
        if low <= value <= high:
            out += ['<line x1="%.1f" x2="%.1f" y1="%d" y2="%d" stroke="%s"/>' % (
                at(value), at(value), HEAD, height - 16, "#333" if value == 1 else "#ddd"),
                text(at(value), height - 4, "%g" % value, "middle", 10, "#666")]
    y = HEAD
    for label, pairs, least in rows:
        out.append(text(LABEL - 8, y + 15, label if len(label) < 56 else label[:54] + "…", "end", 11))
        for peer, ratio in pairs:
            left, right = sorted((at(1), at(ratio)))
            out += ['<rect x="%.1f" y="%d" width="%.1f" height="%d" fill="%s"/>' % (
                left, y + 3, max(right - left, 1), ROW - 6, COLOURS.get(peer, OTHER)),
                text(right + 4, y + 15, "%.1f" % ratio if ratio < 100 else "%d" % ratio, size=11)]
            if least:
                out.append('<line x1="%.1f" x2="%.1f" y1="%d" y2="%d" stroke="#b03030" stroke-width="2"/>'
                           % (at(least), at(least), y + 1, y + ROW - 1))
            y += ROW
        y += 6
    return "\n".join(out + ["</svg>", ""])
