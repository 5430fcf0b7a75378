/* cell.c - a value as people read it. */
#include "base/safe_text.h"
#include "base/time.h"
#include "output/output.h"
#include "types/dynamic.h"

static spoor_str local_time(spoor_output *output, int64_t time) {
    int64_t minutes = output->options->tz_minutes;
    char buffer[SPOOR_TIME_TEXT];
    spoor_str text = spoor_time_print(time + minutes * SPOOR_TICKS_MINUTE, buffer);
    int away = (int)(minutes < 0 ? -minutes : minutes);
    return spoor_arena_format(output->scratch, "%.*s%c%02d:%02d", (int)text.len - 1, text.ptr,
                              minutes < 0 ? '-' : '+', away / 60, away % 60);
}

spoor_str spoor_output_cell(spoor_output *output, const spoor_value *value) {
    if (value->type == SPOOR_DATETIME && !value->is_null && output->options->tz_minutes != 0) {
        return local_time(output, value->integer);
    }
    spoor_str text = spoor_value_to_text(output->scratch, value);
    return spoor_safe_text(output->scratch, text);
}

void spoor_output_markup(spoor_output *output, spoor_str s) {
    s = spoor_safe_text(output->scratch, s);
    for (size_t i = 0; i < s.len; i++) {
        switch (s.ptr[i]) {
        case '<': fputs("&lt;", output->out); break;
        case '>': fputs("&gt;", output->out); break;
        case '&': fputs("&amp;", output->out); break;
        case '"': fputs("&quot;", output->out); break;
        default: fputc(s.ptr[i], output->out);
        }
    }
}
