-- Pictures for reports, as SVG text: stacked bars over time, bars of a histogram, lines over a parameter.
local svg = {}

local entities = { ["&"] = "&amp;", ["<"] = "&lt;", [">"] = "&gt;", ['"'] = "&quot;" }

function svg.escape(text)
  return (tostring(text):gsub('[&<>"]', entities))
end

local function rect(x, y, width, height, color, title)
  return ('<rect x="%.2f" y="%.2f" width="%.2f" height="%.2f" fill="%s"><title>%s</title></rect>'):format(
    x, y, width, height, color, svg.escape(title))
end

local function text(x, y, anchor, content)
  return ('<text x="%.1f" y="%.1f" text-anchor="%s">%s</text>'):format(x, y, anchor, svg.escape(content))
end

local function picture(width, height, parts)
  return ('<svg viewBox="0 0 %d %d" width="%d" height="%d" role="img">%s</svg>'):format(
    width, height, width, height, table.concat(parts, "\n"))
end

-- Tracks of bins, each bin a list of shares (0..1) in the order of `kinds`: { name, color }.
function svg.timeline(tracks, kinds, from_text, to_text)
  local left, width, height, gap, parts = 80, 800, 24, 8, {}
  for i, track in ipairs(tracks) do
    local top = (i - 1) * (height + gap)
    parts[#parts + 1] = text(left - 8, top + 16, "end", track.name)
    for b, bin in ipairs(track) do
      local y = top + height
      for k, kind in ipairs(kinds) do
        local h = bin[k] * height
        if h > 0.01 then
          y = y - h
          parts[#parts + 1] = rect(left + (b - 1) * width / #track, y, width / #track, h, kind.color,
            ("%s: %.1f %% %s"):format(track.name, bin[k] * 100, kind.name))
        end
      end
    end
  end
  local bottom = #tracks * (height + gap) + 12
  parts[#parts + 1] = text(left, bottom, "start", from_text)
  parts[#parts + 1] = text(left + width, bottom, "end", to_text)
  return picture(left + width + 10, bottom + 6, parts)
end

-- bars: { label, value }.
function svg.bars(bars, color)
  local left, width, height, most, parts = 150, 600, 20, 0, {}
  for _, bar in ipairs(bars) do most = math.max(most, bar.value) end
  for i, bar in ipairs(bars) do
    local y = (i - 1) * height
    parts[#parts + 1] = text(left - 8, y + 14, "end", bar.label)
    parts[#parts + 1] = rect(left, y + 2, most > 0 and bar.value / most * width or 0, height - 4, color, bar.label)
    parts[#parts + 1] = text(left + (most > 0 and bar.value / most * width or 0) + 6, y + 14, "start",
      math.type(bar.value) == "integer" and bar.value or ("%.6g"):format(bar.value))
  end
  return picture(left + width + 120, #bars * height + 4, parts)
end

local colors = { "#2266aa", "#cc5522", "#338833", "#aa3377", "#777711", "#117777", "#553399", "#666666" }

local function scale(values)
  local low, high = math.huge, -math.huge
  for _, value in ipairs(values) do low, high = math.min(low, value), math.max(high, value) end
  if low > 0 and low < high / 2 then low = 0 end
  if high == low then high = low + 1 end
  return low, high
end

-- The stretches of a series that have no hole, as lists of points.
local function stretches(line, n, point)
  local list, points = {}, {}
  for i = 1, n + 1 do
    if i <= n and line[i] then
      points[#points + 1] = point(i, line[i])
    elseif #points > 0 then
      list[#list + 1] = table.concat(points, " ")
      points = {}
    end
  end
  return list
end

-- series: { name, values by position }, over the labels of the x axis; a value may be missing.
function svg.lines(labels, series)
  local left, width, height, top, parts, all = 90, 560, 220, 12, {}, {}
  for _, line in ipairs(series) do
    for i = 1, #labels do all[#all + 1] = line[i] end
  end
  local low, high = scale(all)
  local function x(i) return left + (#labels > 1 and (i - 1) / (#labels - 1) or 0.5) * width end
  local function y(value) return top + (1 - (value - low) / (high - low)) * height end
  parts[1] = ('<path d="M%d %d V%d H%d" fill="none" stroke="#999"/>'):format(left, top, top + height, left + width)
  parts[2] = text(left - 6, top + 8, "end", ("%.6g"):format(high))
  parts[3] = text(left - 6, top + height, "end", ("%.6g"):format(low))
  for i, label in ipairs(labels) do parts[#parts + 1] = text(x(i), top + height + 16, "middle", label) end
  for n, line in ipairs(series) do
    local color = colors[(n - 1) % #colors + 1]
    for i = 1, #labels do
      if line[i] then
        parts[#parts + 1] = ('<circle cx="%.1f" cy="%.1f" r="3" fill="%s"><title>%s %s: %.9g</title></circle>'):format(
          x(i), y(line[i]), color, svg.escape(line.name), svg.escape(labels[i]), line[i])
      end
    end
    local function point(i, value) return ("%.1f,%.1f"):format(x(i), y(value)) end
    for _, points in ipairs(stretches(line, #labels, point)) do
      parts[#parts + 1] = ('<polyline points="%s" fill="none" stroke="%s"/>'):format(points, color)
    end
    local label = text(left + width + 10, top + 4 + n * 16, "start", line.name)
    parts[#parts + 1] = ('<g fill="%s">%s</g>'):format(color, label)
  end
  return picture(left + width + 180, top + height + 24, parts)
end

return svg
