/* fn_convert_unit.c - convert_length() and its seven like, format_bytes(): a quantity in another unit.
 *
 * The engine converts by way of one base unit a family, with the constants below: its mile is
 * 1609.34 m and its acre-foot 1/0.000810714 cubic metres.  Names are matched byte for byte; a unit
 * that is none gives null. */
#include <math.h>

#include "base/number.h"
#include "functions/function.h"

/* value in the base unit = value * up / down + zero */
typedef struct unit {
    const char *name;
    double up, down, zero;
} unit;

// clang-format off
#define PI 3.14159265358979323846
#define U(name, up, down) {name, up, down, 0}
static const unit angle_units[] = {
    U("Arcminute", 1, 60), U("Arcsecond", 1, 3600), U("Centiradian", 180 * 1e-2, PI),
    U("Deciradian", 180 * 1e-1, PI), U("Degree", 1, 1), U("Gradian", 0.9, 1), U("Microdegree", 1e-6, 1),
    U("Microradian", 180 * 1e-6, PI), U("Millidegree", 1e-3, 1), U("Milliradian", 180 * 1e-3, PI),
    U("Nanodegree", 1e-9, 1), U("Nanoradian", 180 * 1e-9, PI), U("NatoMil", 9, 160),
    U("Radian", 180, PI), U("Revolution", 360, 1), U("Tilt", 180, PI), {0}};
static const unit energy_units[] = {
    U("BritishThermalUnit", 1055.05585262, 1), U("Calorie", 4.184, 1), U("DecathermEc", 1.05505585262e8 * 1e1, 1),
    U("DecathermImperial", 1.05505585257348e8 * 1e1, 1), U("DecathermUs", 1.054804e8 * 1e1, 1), U("ElectronVolt", 1.602176565e-19, 1),
    U("Erg", 1e-7, 1), U("FootPound", 1.355817948, 1), U("GigabritishThermalUnit", 1055.05585262 * 1e9, 1),
    U("GigaelectronVolt", 1.602176565e-19 * 1e9, 1), U("Gigajoule", 1e9, 1), U("GigawattDay", 24 * 3600 * 1e9, 1),
    U("GigawattHour", 3600 * 1e9, 1), U("HorsepowerHour", 2.6845195377e6, 1), U("Joule", 1, 1),
    U("KilobritishThermalUnit", 1055.05585262 * 1e3, 1), U("Kilocalorie", 4.184 * 1e3, 1), U("KiloelectronVolt", 1.602176565e-19 * 1e3, 1),
    U("Kilojoule", 1e3, 1), U("KilowattDay", 24 * 3600 * 1e3, 1), U("KilowattHour", 3600 * 1e3, 1),
    U("MegabritishThermalUnit", 1055.05585262 * 1e6, 1), U("Megacalorie", 4.184 * 1e6, 1), U("MegaelectronVolt", 1.602176565e-19 * 1e6, 1),
    U("Megajoule", 1e6, 1), U("MegawattDay", 24 * 3600 * 1e6, 1), U("MegawattHour", 3600 * 1e6, 1), U("Millijoule", 1e-3, 1),
    U("TeraelectronVolt", 1.602176565e-19 * 1e12, 1), U("TerawattDay", 24 * 3600 * 1e12, 1), U("TerawattHour", 3600 * 1e12, 1),
    U("ThermEc", 1.05505585262e8, 1), U("ThermImperial", 1.05505585257348e8, 1), U("ThermUs", 1.054804e8, 1), U("WattDay", 24 * 3600, 1),
    U("WattHour", 3600, 1), {0}};
static const unit force_units[] = {
    U("Decanewton", 1e1, 1), U("Dyn", 1, 1e5), U("KiloPond", 9.80665002864, 1), U("KilogramForce", 9.80665002864, 1), U("Kilonewton", 1e3, 1),
    U("KilopoundForce", 4.448221615260509 * 1e3, 1), U("Meganewton", 1e6, 1), U("Micronewton", 1e-6, 1), U("Millinewton", 1e-3, 1),
    U("Newton", 1, 1), U("OunceForce", 2.780138509537812e-1, 1), U("PoundForce", 4.448221615260509, 1), U("Poundal", 0.1382550279897304, 1),
    U("ShortTonForce", 8.896443230521e3, 1), U("TonneForce", 9.80665002864e3, 1), {0}};
static const unit length_units[] = {
    U("Angstrom", 1e-10, 1), U("AstronomicalUnit", 1.4959787070e11, 1), U("Centimeter", 1e-2, 1), U("Chain", 20.1168, 1),
    U("DataMile", 1828.8, 1), U("Decameter", 1e1, 1), U("Decimeter", 1e-1, 1), U("DtpPica", 1, 236.220472441), U("DtpPoint", 2.54e-2, 72),
    U("Fathom", 1.8288, 1), U("Foot", 0.3048, 1), U("Hand", 1.016e-1, 1), U("Hectometer", 1e2, 1), U("Inch", 2.54e-2, 1),
    U("KilolightYear", 9.46073047258e15 * 1e3, 1), U("Kilometer", 1e3, 1), U("Kiloparsec", 3.08567758128e16 * 1e3, 1),
    U("LightYear", 9.46073047258e15, 1), U("MegalightYear", 9.46073047258e15 * 1e6, 1), U("Megaparsec", 3.08567758128e16 * 1e6, 1),
    U("Meter", 1, 1), U("Microinch", 2.54e-8, 1), U("Micrometer", 1e-6, 1), U("Mil", 2.54e-5, 1), U("Mile", 1609.34, 1), U("Millimeter", 1e-3, 1),
    U("Nanometer", 1e-9, 1), U("NauticalMile", 1852, 1), U("Parsec", 3.08567758128e16, 1), U("PrinterPica", 1, 237.106301584),
    U("PrinterPoint", 2.54e-2, 72.27), U("Shackle", 27.432, 1), U("SolarRadius", 6.95510000e8, 1), U("Twip", 1, 56692.913385826),
    U("UsSurveyFoot", 1200, 3937), U("Yard", 0.9144, 1), {0}};
static const unit mass_units[] = {
    U("Centigram", 1e-2, 1e3), U("Decagram", 1e1, 1e3), U("Decigram", 1e-1, 1e3), U("EarthMass", 5.9722e24, 1),
    U("Grain", 1, 15432.358352941431), U("Gram", 1, 1e3), U("Hectogram", 1e2, 1e3), U("Kilogram", 1e3, 1e3), U("Kilopound", 0.45359237 * 1e3, 1),
    U("Kilotonne", 1e3 * 1e3, 1), U("LongHundredweight", 1, 0.01968413055222121), U("LongTon", 1.0160469088e3, 1),
    U("Megapound", 0.45359237 * 1e6, 1), U("Megatonne", 1e3 * 1e6, 1), U("Microgram", 1e-6, 1e3), U("Milligram", 1e-3, 1e3),
    U("Nanogram", 1e-9, 1e3), U("Ounce", 1, 35.2739619), U("Pound", 0.45359237, 1), U("ShortHundredweight", 1, 0.022046226218487758),
    U("ShortTon", 9.0718474e2, 1), U("Slug", 1, 6.852176556196105e-2), U("SolarMass", 1.98947e30, 1), U("Stone", 1, 0.1574731728702698),
    U("Tonne", 1e3, 1), {0}};
static const unit speed_units[] = {
    U("CentimeterPerHour", 1e-2, 3600), U("CentimeterPerMinute", 1e-2, 60), U("CentimeterPerSecond", 1e-2, 1),
    U("DecimeterPerMinute", 1e-1, 60), U("DecimeterPerSecond", 1e-1, 1), U("FootPerHour", 0.3048, 3600), U("FootPerMinute", 0.3048, 60),
    U("FootPerSecond", 0.3048, 1), U("InchPerHour", 2.54e-2, 3600), U("InchPerMinute", 2.54e-2, 60), U("InchPerSecond", 2.54e-2, 1),
    U("KilometerPerHour", 1e3, 3600), U("KilometerPerMinute", 1e3, 60), U("KilometerPerSecond", 1e3, 1), U("Knot", 0.514444, 1),
    U("MeterPerHour", 1, 3600), U("MeterPerMinute", 1, 60), U("MeterPerSecond", 1, 1), U("MicrometerPerMinute", 1e-6, 60),
    U("MicrometerPerSecond", 1e-6, 1), U("MilePerHour", 0.44704, 1), U("MillimeterPerHour", 1e-3, 3600), U("MillimeterPerMinute", 1e-3, 60),
    U("MillimeterPerSecond", 1e-3, 1), U("NanometerPerMinute", 1e-9, 60), U("NanometerPerSecond", 1e-9, 1),
    U("UsSurveyFootPerHour", 1200, 3937 * 3600), U("UsSurveyFootPerMinute", 1200, 3937 * 60), U("UsSurveyFootPerSecond", 1200, 3937),
    U("YardPerHour", 0.9144, 3600), U("YardPerMinute", 0.9144, 60), U("YardPerSecond", 0.9144, 1), {0}};
static const unit temperature_units[] = {
    {"DegreeCelsius", 1, 1, 273.15}, {"DegreeDelisle", -2, 3, 373.15}, {"DegreeFahrenheit", 5, 9, 459.67 * 5 / 9},
    {"DegreeNewton", 100, 33, 273.15}, U("DegreeRankine", 5, 9), {"DegreeReaumur", 5, 4, 273.15},
    {"DegreeRoemer", 40, 21, 273.15 - 7.5 * 40 / 21}, U("Kelvin", 1, 1), {"MillidegreeCelsius", 1, 1000, 273.15},
    U("SolarTemperature", 5778, 1), {0}};
static const unit volume_units[] = {
    U("AcreFoot", 1, 0.000810714), U("AuTablespoon", 2e-5, 1), U("BoardFoot", 2.3597372158e-3, 1), U("Centiliter", 1e-2, 1e3),
    U("CubicCentimeter", 1, 1e6), U("CubicDecimeter", 1, 1e3), U("CubicFoot", 2.8316846592e-2, 1), U("CubicHectometer", 1e6, 1),
    U("CubicInch", 1.6387 * 1e-5, 1), U("CubicKilometer", 1e9, 1), U("CubicMeter", 1, 1), U("CubicMicrometer", 1, 1e18),
    U("CubicMile", 4.16818182544058e9, 1), U("CubicMillimeter", 1, 1e9), U("CubicYard", 0.764554858, 1), U("Decaliter", 1e1, 1e3),
    U("DecausGallon", 0.00378541 * 1e1, 1), U("Deciliter", 1e-1, 1e3), U("DeciusGallon", 0.00378541 * 1e-1, 1),
    U("HectocubicFoot", 2.8316846592e-2 * 1e2, 1), U("HectocubicMeter", 1e2, 1), U("Hectoliter", 1e2, 1e3),
    U("HectousGallon", 0.00378541 * 1e2, 1), U("ImperialBeerBarrel", 0.16365924, 1), U("ImperialGallon", 0.0045460900000018145, 1),
    U("ImperialOunce", 2.84130624999629e-05, 1), U("ImperialPint", 5.6826125e-4, 1), U("KilocubicFoot", 2.8316846592e-2 * 1e3, 1),
    U("KilocubicMeter", 1e3, 1), U("KiloimperialGallon", 0.0045460900000018145 * 1e3, 1), U("Kiloliter", 1e3, 1e3),
    U("KilousGallon", 0.00378541 * 1e3, 1), U("Liter", 1, 1e3), U("MegacubicFoot", 2.8316846592e-2 * 1e6, 1),
    U("MegaimperialGallon", 0.0045460900000018145 * 1e6, 1), U("Megaliter", 1e6, 1e3), U("MegausGallon", 0.00378541 * 1e6, 1),
    U("MetricCup", 0.00025, 1), U("MetricTeaspoon", 0.5e-5, 1), U("Microliter", 1e-6, 1e3), U("Milliliter", 1e-3, 1e3),
    U("OilBarrel", 0.158987294928, 1), U("UkTablespoon", 1.5e-5, 1), U("UsBeerBarrel", 0.1173477658, 1),
    U("UsCustomaryCup", 0.0002365882365, 1), U("UsGallon", 0.00378541, 1), U("UsLegalCup", 0.00024, 1), U("UsOunce", 2.9573529562537606e-05, 1),
    U("UsPint", 4.73176473e-4, 1), U("UsQuart", 9.46352946e-4, 1), U("UsTablespoon", 1.478676478125e-5, 1),
    U("UsTeaspoon", 4.92892159375e-6, 1), {0}};
// clang-format on

static const unit *unit_named(const unit *units, spoor_str name) {
    for (; units->name != NULL; units++) {
        if (spoor_str_is(name, units->name)) {
            return units;
        }
    }
    return NULL;
}

static bool is_tilt(const unit *u) {
    return strcmp(u->name, "Tilt") == 0; /* the sine of an angle */
}

static double convert(const unit *from, const unit *to, double value) {
    if (from == to) {
        return value;
    }
    value = is_tilt(from) ? asin(value) : value;
    double base = value * from->up / from->down + from->zero;
    double result = (base - to->zero) * to->down / to->up;
    return is_tilt(to) ? sin(result) : result;
}

static void convert_rows(uint32_t rows, const spoor_vec *args, spoor_vec *out, const unit *units) {
    for (uint32_t i = 0; i < rows; i++) {
        const unit *from = unit_named(units, args[1].strings[i]);
        const unit *to = unit_named(units, args[2].strings[i]);
        bool ok = !out->nulls[i] && from != NULL && to != NULL;
        out->nulls[i] = !ok;
        out->reals[i] = ok ? convert(from, to, args[0].reals[i]) : 0;
    }
}

#define FAMILY(name)                                                                               \
    static void name##_eval(spoor_call *call, uint32_t rows, const spoor_vec *args,                \
                            spoor_vec *out) {                                                      \
        (void)call;                                                                                \
        convert_rows(rows, args, out, name##_units);                                               \
    }
FAMILY(angle)
FAMILY(energy)
FAMILY(force)
FAMILY(length)
FAMILY(mass)
FAMILY(speed)
FAMILY(temperature)
FAMILY(volume)

/* -- bytes ------------------------------------------------------------------------------------- */

static const char *const byte_units[] = {"Bytes", "KB", "MB", "GB", "TB", "PB", "EB"};
enum { BYTE_UNITS = sizeof byte_units / sizeof *byte_units, MOST_DIGITS = 15 };

/* Which unit of 1024s: the one asked for, or the largest that leaves 1 or more; -1: there is none. */
static int byte_unit(spoor_str asked, double size) {
    int largest = 0;
    for (int i = 0; i < BYTE_UNITS; i++) {
        if (spoor_str_is(asked, byte_units[i])) {
            return i;
        }
        largest = fabs(size) >= ldexp(1, 10 * i) ? i : largest;
    }
    return asked.len == 0 ? largest : -1;
}

/* The size rounded to so many digits, without zeros at its end. */
static void format_bytes_eval(spoor_call *call, uint32_t rows, const spoor_vec *args,
                              spoor_vec *out) {
    for (uint32_t i = 0; i < rows; i++) {
        int64_t digits = call->nargs > 1 ? args[1].longs[i] : 0;
        double size = args[0].reals[i];
        int index = byte_unit(call->nargs > 2 ? args[2].strings[i] : (spoor_str){0}, size);
        if (out->nulls[i] || index < 0 || digits < 0 || digits > MOST_DIGITS || !isfinite(size)) {
            continue; /* stays '' */
        }
        double scale = pow(10, (double)digits), scaled = ldexp(size, -10 * index) * scale;
        double rounded = fabs(scaled) < 9e15 ? round(scaled) / scale : scaled / scale;
        char number[SPOOR_NUMBER_TEXT];
        spoor_str text = spoor_real_print(rounded, number);
        if (text.len > 2 && text.ptr[text.len - 1] == '0' && text.ptr[text.len - 2] == '.') {
            text.len -= 2;
        }
        out->strings[i] = spoor_arena_format(call->scratch, "%.*s %s", (int)text.len, text.ptr,
                                             byte_units[index]);
    }
}

// clang-format off
#define CONVERT(family, text, sample, prints) \
    {.name = "convert_" #family, .args = {SPOOR_T_REAL, SPOOR_T_STRING, SPOOR_T_STRING}, .min_args = 3, .max_args = 3, .result = SPOOR_REAL, \
     .eval = family##_eval, .summary = text, .example = sample, .value = prints}
const spoor_function spoor_fn_convert_unit[] = {
    CONVERT(angle, "An angle in another unit.", "convert_angle(90, 'Degree', 'Gradian')", "100.0"),
    CONVERT(energy, "An energy in another unit.", "convert_energy(2, 'KilowattHour', 'Joule')", "7200000.0"),
    CONVERT(force, "A force in another unit.", "convert_force(5, 'Kilonewton', 'Newton')", "5000.0"),
    CONVERT(length, "A length in another unit.", "convert_length(1, 'NauticalMile', 'Kilometer')", "1.852"),
    CONVERT(mass, "A mass in another unit.", "convert_mass(3, 'Tonne', 'Kilogram')", "3000.0"),
    CONVERT(speed, "A speed in another unit.", "convert_speed(36, 'KilometerPerHour', 'MeterPerSecond')", "10.0"),
    CONVERT(temperature, "A temperature in another unit.", "convert_temperature(37, 'DegreeCelsius', 'Kelvin')", "310.15"),
    CONVERT(volume, "A volume in another unit.", "convert_volume(2, 'CubicMeter', 'Liter')", "2000.0"),
    {.name = "format_bytes", .args = {SPOOR_T_REAL, SPOOR_T_INTEGER, SPOOR_T_STRING}, .min_args = 1, .max_args = 3, .result = SPOOR_STRING, .eval = format_bytes_eval,
     .summary = "A number of bytes as a text with its unit, the one that fits or the third argument, rounded to so many digits.",
     .example = "format_bytes(20010332, 2)", .value = "19.08 MB"},
    {0},
};
// clang-format on
