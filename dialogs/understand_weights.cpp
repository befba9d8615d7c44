// Written by tools/understanding (README.md there); the names may be changed by hand, the weights not.
#include "dialogs/understand_weights.h"

namespace usher::dialogs {

const double kSure = 0.79;

const std::array<SignalWeight, kSignals> kWeights = {{
    {"says yes first", 2.19},
    {"says yes", 1.14},
    {"leans to yes", -0.22},
    {"says a little", -1.27},
    {"says no first", 1.77},
    {"says no", 1.11},
    {"leans to no", -0.95},
    {"accepts the offer", 1.24},
    {"merely accepts", -1.97},
    {"is all that is said", 1.04},
    {"is followed by a but", 0.52},
    {"is taken back", -0.94},
    {"agrees with what is said besides", 1.30},
    {"answers a question with a not in it", 0.20},
    {"repeats what is asked", 1.31},
    {"repeats what is asked, with a not", 1.53},
    {"repeats a character of what is asked", 1.01},
    {"repeats a character of what is asked, with a not", 1.66},
    {"names what is asked for", 0.82},
    {"names what is asked for, with a not", 0.25},
    {"says what is asked in other words", -0.65},
    {"says what is asked in other words, with a not", 0.37},
    {"is a kind of what is asked", 0.34},
    {"is a kind of what is asked, with a not", -0.55},
    {"is said for this answer", 0.91},
    {"is said for this answer, with a not", 0.16},
    {"says what this answer stands for", 1.17},
    {"says what this answer stands for, with a not", 0.92},
    {"is a state of the kind asked about", 2.30},
    {"is a state of the kind asked about, with a not", 0.90},
    {"says whether it is in order", 2.03},
    {"says whether it is in order, with a not", 0.33},
    {"is the condition asked about", 0.07},
    {"is the condition asked about, with a not", 0.00},
    {"says that it goes on", 1.65},
    {"says that it goes on, with a not", 1.91},
    {"says whether all is well", 1.07},
    {"says whether all is well, with a not", 0.58},
    {"is a good or a bad state", 0.18},
    {"is a good or a bad state, with a not", -0.01},
    {"says that it is in order", 0.01},
    {"says that it is in order, with a not", -0.07},
    {"says whether it helped", 1.95},
    {"says whether it helped, with a not", 0.00},
    {"says that something works or not", 0.63},
    {"says that something works or not, with a not", 1.24},
    {"is short for what is asked", -0.66},
    {"is short for what is asked, with a not", -0.55},
    {"may be short for what is asked", -0.88},
    {"may be short for what is asked, with a not", -0.50},
    {"denies first", 0.00},
    {"denies first, with a not", 0.63},
    {"says there is none", 0.00},
    {"says there is none, with a not", -0.01},
    {"is short for the whole question", 1.35},
    {"is short for the whole question, with a not", 0.93},
    {"insists", -0.09},
    {"insists, with a not", 0.00},
    {"says how much is left", 1.62},
    {"says how much is left, with a not", -0.89},
    {"says how many there are", 0.18},
    {"says how many there are, with a not", 0.00},
    {"singles one out", 0.27},
    {"singles one out, with a not", 0.00},
    {"says whether it is only so", 1.76},
    {"says whether it is only so, with a not", 0.00},
    {"says whether it is above or below", 0.74},
    {"says whether it is above or below, with a not", 0.00},
    {"is what is perceived", 0.04},
    {"is what is perceived, with a not", 0.05},
    {"says it of this one alone", -1.55},
    {"says it of this one alone, with a not", 1.91},
    {"tells what was found", 0.87},
    {"tells what was found, with a not", 0.00},
    {"is mostly what this answer stands for", -0.35},
    {"is the whole answer", 0.88},
    {"is said of another thing", -0.91},
    {"has words beside it", -0.76},
    {"has many words beside it", -1.11},
    {"stands beside its opposite", -1.41},
    {"comes and goes", -0.97},
    {"depends on something", -1.76},
    {"is over", -0.54},
    {"comes after a but", 0.00},
    {"comes later", -0.56},
    {"is said more than once", 0.87},
    {"says yes to whether there is something", -0.36},
    {"says no to whether there is something", 0.71},
    {"says yes to whether it was done", 0.52},
    {"says no to whether it was done", -0.51},
    {"one of several is enough", 0.63},
    {"denies nothing, where something is asked for", -1.87},
    {"denies nothing", -1.90},
    {"the amount is on this side", 2.97},
    {"has the words of another option beside it", -0.35},
    {"stands for none", 0.02},
    {"is what the option is called", 0.55},
    {"is a phrase of the option", 0.83},
    {"is nearly what the option is called", 0.35},
    {"is a word of the option", -0.56},
    {"is nearly a word of the option", 0.04},
    {"is another name of the option", 0.02},
    {"is a kind of what the option names", -0.43},
    {"means the option", 0.55},
    {"means this option alone", 1.85},
    {"means this option as well", -0.10},
    {"means the option, by a not", 0.85},
    {"has other words beside it", 0.05},
    {"means about the option", 0.38},
    {"the number lies in its range", 3.70},
    {"covers much of the option", -0.44},
    {"is most of what is said", 1.25},
    {"is denied", -1.23},
    {"is denied by its meaning", -3.14},
    {"is a phrase of this option alone", 0.75},
    {"has words of this option", 0.88},
    {"names things akin to this option", -1.25},
    {"nothing speaks for it, but for another", -2.18},
    {"is what is left", -0.92},
    {"is none of the others", -0.46},
    {"is what the option for not knowing says", 3.85},
    {"may be what the option for not knowing says", 1.05},
    {"accepts the only option", 0.00},
    {"was so before", -1.12},
    {"is outweighed by what follows", -0.34},
    {"is only a circumstance", 0.13},
    {"only comes and goes", -0.69},
    {"is named first", -0.75},
    {"is the only one named", 1.05},
    {"means all of the others", 1.48},
    {"is said to be in order", -0.22},
    {"is about as many as it says", 1.96},
    {"is about another number of them", -1.99},
    {"bias of yes-or-no questions", -1.96},
    {"bias of other questions", -0.72},
    {"there are many options", -2.25},
    {"nothing speaks for any option", 2.37},
    {"the customer does not know", 3.42},
    {"the customer is still looking", 1.76},
    {"is hedged", 0.71},
    {"asks something", 1.46},
    {"only asks", 0.97},
    {"has a question mark", 2.07},
    {"has an if", -0.98},
    {"much of it is not read", 0.39},
    {"is long", -1.17},
    {"the question is not read", -0.12},
    {"names alternatives", 0.71},
    {"names several options", 2.07},
    {"speaks for both sides", 0.97},
    {"contradicts itself", 3.90},
    {"some do and some do not", 1.35},
    {"lacks what it takes", 2.89},
    {"is neither the one nor the other", 1.03},
    {"was not looked at", 2.40},
}};

namespace {
// By their place in the table above.
// clang-format off
constexpr PairWeight kPairs[] = {
    {0, 12, 0.03F},  // says yes first + agrees with what is said besides
    {0, 84, 0.03F},  // says yes first + comes later
    {0, 115, 0.03F},  // says yes first + has words of this option
    {1, 9, 0.06F},  // says yes + is all that is said
    {1, 12, 0.05F},  // says yes + agrees with what is said besides
    {1, 77, 0.03F},  // says yes + has words beside it
    {1, 115, -0.08F},  // says yes + has words of this option
    {2, 9, 0.04F},  // leans to yes + is all that is said
    {2, 12, 0.02F},  // leans to yes + agrees with what is said besides
    {4, 9, 0.05F},  // says no first + is all that is said
    {4, 12, 0.10F},  // says no first + agrees with what is said besides
    {4, 49, 0.04F},  // says no first + may be short for what is asked, with a not
    {4, 77, 0.07F},  // says no first + has words beside it
    {4, 84, 0.08F},  // says no first + comes later
    {5, 9, 0.15F},  // says no + is all that is said
    {5, 12, -0.12F},  // says no + agrees with what is said besides
    {5, 77, -0.16F},  // says no + has words beside it
    {5, 87, -0.07F},  // says no + says no to whether there is something
    {5, 95, 0.03F},  // says no + stands for none
    {5, 119, 0.03F},  // says no + is none of the others
    {6, 9, -0.07F},  // leans to no + is all that is said
    {7, 9, 0.10F},  // accepts the offer + is all that is said
    {7, 12, -0.02F},  // accepts the offer + agrees with what is said besides
    {7, 40, -0.03F},  // accepts the offer + says that it is in order
    {8, 9, -0.17F},  // merely accepts + is all that is said
    {8, 12, 0.05F},  // merely accepts + agrees with what is said besides
    {9, 12, 0.05F},  // is all that is said + agrees with what is said besides
    {9, 46, 0.02F},  // is all that is said + is short for what is asked
    {12, 14, 0.04F},  // agrees with what is said besides + repeats what is asked
    {12, 28, 0.04F},  // agrees with what is said besides + is a state of the kind asked about
    {12, 36, -0.04F},  // agrees with what is said besides + says whether all is well
    {12, 46, 0.02F},  // agrees with what is said besides + is short for what is asked
    {12, 49, -0.03F},  // agrees with what is said besides + may be short for what is asked, with a not
    {12, 76, 0.03F},  // agrees with what is said besides + is said of another thing
    {12, 84, 0.15F},  // agrees with what is said besides + comes later
    {12, 85, 0.05F},  // agrees with what is said besides + is said more than once
    {12, 86, 0.03F},  // agrees with what is said besides + says yes to whether there is something
    {12, 87, -0.06F},  // agrees with what is said besides + says no to whether there is something
    {12, 115, 0.03F},  // agrees with what is said besides + has words of this option
    {14, 74, -0.06F},  // repeats what is asked + is mostly what this answer stands for
    {14, 76, -0.09F},  // repeats what is asked + is said of another thing
    {14, 77, -0.33F},  // repeats what is asked + has words beside it
    {14, 81, -0.09F},  // repeats what is asked + depends on something
    {14, 85, 0.04F},  // repeats what is asked + is said more than once
    {14, 88, -0.04F},  // repeats what is asked + says yes to whether it was done
    {14, 90, 0.11F},  // repeats what is asked + one of several is enough
    {14, 114, -0.08F},  // repeats what is asked + is a phrase of this option alone
    {15, 77, 0.03F},  // repeats what is asked, with a not + has words beside it
    {15, 85, 0.22F},  // repeats what is asked, with a not + is said more than once
    {15, 95, 0.04F},  // repeats what is asked, with a not + stands for none
    {15, 114, 0.02F},  // repeats what is asked, with a not + is a phrase of this option alone
    {16, 77, -0.03F},  // repeats a character of what is asked + has words beside it
    {16, 85, 0.11F},  // repeats a character of what is asked + is said more than once
    {18, 77, 0.06F},  // names what is asked for + has words beside it
    {18, 86, 0.06F},  // names what is asked for + says yes to whether there is something
    {19, 85, 0.03F},  // names what is asked for, with a not + is said more than once
    {20, 77, 0.10F},  // says what is asked in other words + has words beside it
    {24, 84, 0.07F},  // is said for this answer + comes later
    {24, 85, -0.08F},  // is said for this answer + is said more than once
    {24, 114, 0.05F},  // is said for this answer + is a phrase of this option alone
    {24, 115, 0.04F},  // is said for this answer + has words of this option
    {26, 74, 0.05F},  // says what this answer stands for + is mostly what this answer stands for
    {26, 77, -0.02F},  // says what this answer stands for + has words beside it
    {26, 84, 0.06F},  // says what this answer stands for + comes later
    {26, 115, -0.07F},  // says what this answer stands for + has words of this option
    {28, 74, -0.03F},  // is a state of the kind asked about + is mostly what this answer stands for
    {28, 76, -0.16F},  // is a state of the kind asked about + is said of another thing
    {28, 77, -0.11F},  // is a state of the kind asked about + has words beside it
    {28, 78, -0.07F},  // is a state of the kind asked about + has many words beside it
    {28, 80, 0.20F},  // is a state of the kind asked about + comes and goes
    {28, 84, -0.06F},  // is a state of the kind asked about + comes later
    {28, 85, -0.03F},  // is a state of the kind asked about + is said more than once
    {28, 86, -0.13F},  // is a state of the kind asked about + says yes to whether there is something
    {28, 88, 0.05F},  // is a state of the kind asked about + says yes to whether it was done
    {28, 89, 0.03F},  // is a state of the kind asked about + says no to whether it was done
    {28, 90, -0.06F},  // is a state of the kind asked about + one of several is enough
    {28, 96, -0.14F},  // is a state of the kind asked about + is what the option is called
    {28, 110, -0.05F},  // is a state of the kind asked about + covers much of the option
    {28, 111, -0.04F},  // is a state of the kind asked about + is most of what is said
    {28, 115, -0.05F},  // is a state of the kind asked about + has words of this option
    {28, 128, -0.05F},  // is a state of the kind asked about + is the only one named
    {29, 76, 0.11F},  // is a state of the kind asked about, with a not + is said of another thing
    {29, 77, 0.10F},  // is a state of the kind asked about, with a not + has words beside it
    {29, 84, 0.12F},  // is a state of the kind asked about, with a not + comes later
    {29, 85, 0.13F},  // is a state of the kind asked about, with a not + is said more than once
    {29, 87, -0.08F},  // is a state of the kind asked about, with a not + says no to whether there is something
    {30, 77, 0.15F},  // says whether it is in order + has words beside it
    {30, 84, -0.06F},  // says whether it is in order + comes later
    {32, 77, -0.05F},  // is the condition asked about + has words beside it
    {32, 84, 0.03F},  // is the condition asked about + comes later
    {36, 76, 0.06F},  // says whether all is well + is said of another thing
    {36, 77, 0.03F},  // says whether all is well + has words beside it
    {36, 84, -0.05F},  // says whether all is well + comes later
    {36, 85, -0.09F},  // says whether all is well + is said more than once
    {36, 86, -0.30F},  // says whether all is well + says yes to whether there is something
    {36, 87, 0.04F},  // says whether all is well + says no to whether there is something
    {36, 115, -0.06F},  // says whether all is well + has words of this option
    {38, 77, -0.11F},  // is a good or a bad state + has words beside it
    {38, 84, -0.07F},  // is a good or a bad state + comes later
    {39, 85, 0.04F},  // is a good or a bad state, with a not + is said more than once
    {40, 76, 0.06F},  // says that it is in order + is said of another thing
    {40, 77, 0.14F},  // says that it is in order + has words beside it
    {40, 84, -0.02F},  // says that it is in order + comes later
    {42, 77, -0.16F},  // says whether it helped + has words beside it
    {42, 84, -0.14F},  // says whether it helped + comes later
    {42, 85, -0.05F},  // says whether it helped + is said more than once
    {44, 77, 0.05F},  // says that something works or not + has words beside it
    {44, 86, -0.03F},  // says that something works or not + says yes to whether there is something
    {45, 75, 0.03F},  // says that something works or not, with a not + is the whole answer
    {45, 77, -0.08F},  // says that something works or not, with a not + has words beside it
    {45, 84, -0.03F},  // says that something works or not, with a not + comes later
    {45, 87, -0.15F},  // says that something works or not, with a not + says no to whether there is something
    {45, 89, -0.09F},  // says that something works or not, with a not + says no to whether it was done
    {46, 75, -0.11F},  // is short for what is asked + is the whole answer
    {46, 84, -0.07F},  // is short for what is asked + comes later
    {46, 85, 0.04F},  // is short for what is asked + is said more than once
    {46, 86, 0.06F},  // is short for what is asked + says yes to whether there is something
    {46, 88, 0.06F},  // is short for what is asked + says yes to whether it was done
    {47, 75, 0.11F},  // is short for what is asked, with a not + is the whole answer
    {47, 81, -0.06F},  // is short for what is asked, with a not + depends on something
    {47, 84, -0.04F},  // is short for what is asked, with a not + comes later
    {47, 85, -0.39F},  // is short for what is asked, with a not + is said more than once
    {47, 87, 0.17F},  // is short for what is asked, with a not + says no to whether there is something
    {47, 95, 0.09F},  // is short for what is asked, with a not + stands for none
    {47, 103, 0.02F},  // is short for what is asked, with a not + means the option
    {47, 119, 0.05F},  // is short for what is asked, with a not + is none of the others
    {48, 77, -0.16F},  // may be short for what is asked + has words beside it
    {48, 84, 0.04F},  // may be short for what is asked + comes later
    {48, 85, -0.07F},  // may be short for what is asked + is said more than once
    {48, 86, 0.19F},  // may be short for what is asked + says yes to whether there is something
    {49, 77, -0.02F},  // may be short for what is asked, with a not + has words beside it
    {49, 84, -0.02F},  // may be short for what is asked, with a not + comes later
    {49, 87, -0.03F},  // may be short for what is asked, with a not + says no to whether there is something
    {49, 95, 0.07F},  // may be short for what is asked, with a not + stands for none
    {51, 77, 0.08F},  // denies first, with a not + has words beside it
    {51, 84, -0.11F},  // denies first, with a not + comes later
    {51, 87, 0.25F},  // denies first, with a not + says no to whether there is something
    {51, 103, 0.03F},  // denies first, with a not + means the option
    {51, 104, 0.02F},  // denies first, with a not + means this option alone
    {54, 75, 0.03F},  // is short for the whole question + is the whole answer
    {54, 86, -0.03F},  // is short for the whole question + says yes to whether there is something
    {55, 75, 0.04F},  // is short for the whole question, with a not + is the whole answer
    {58, 86, 0.07F},  // says how much is left + says yes to whether there is something
    {58, 87, 0.05F},  // says how much is left + says no to whether there is something
    {60, 75, 0.02F},  // says how many there are + is the whole answer
    {68, 77, 0.08F},  // is what is perceived + has words beside it
    {70, 86, 0.08F},  // says it of this one alone + says yes to whether there is something
    {72, 86, 0.06F},  // tells what was found + says yes to whether there is something
    {74, 76, -0.07F},  // is mostly what this answer stands for + is said of another thing
    {74, 77, -0.15F},  // is mostly what this answer stands for + has words beside it
    {74, 79, -0.06F},  // is mostly what this answer stands for + stands beside its opposite
    {74, 80, -0.08F},  // is mostly what this answer stands for + comes and goes
    {74, 81, -0.04F},  // is mostly what this answer stands for + depends on something
    {74, 84, 0.03F},  // is mostly what this answer stands for + comes later
    {74, 86, -0.09F},  // is mostly what this answer stands for + says yes to whether there is something
    {74, 87, 0.05F},  // is mostly what this answer stands for + says no to whether there is something
    {74, 90, 0.04F},  // is mostly what this answer stands for + one of several is enough
    {74, 114, -0.04F},  // is mostly what this answer stands for + is a phrase of this option alone
    {74, 115, -0.03F},  // is mostly what this answer stands for + has words of this option
    {75, 85, -0.03F},  // is the whole answer + is said more than once
    {75, 86, 0.03F},  // is the whole answer + says yes to whether there is something
    {75, 88, 0.07F},  // is the whole answer + says yes to whether it was done
    {75, 89, 0.08F},  // is the whole answer + says no to whether it was done
    {76, 78, -0.06F},  // is said of another thing + has many words beside it
    {76, 84, -0.03F},  // is said of another thing + comes later
    {76, 86, -0.02F},  // is said of another thing + says yes to whether there is something
    {76, 87, -0.14F},  // is said of another thing + says no to whether there is something
    {76, 115, -0.03F},  // is said of another thing + has words of this option
    {77, 79, 0.05F},  // has words beside it + stands beside its opposite
    {77, 80, -0.10F},  // has words beside it + comes and goes
    {77, 81, -0.05F},  // has words beside it + depends on something
    {77, 84, -0.12F},  // has words beside it + comes later
    {77, 85, 0.09F},  // has words beside it + is said more than once
    {77, 86, 0.09F},  // has words beside it + says yes to whether there is something
    {77, 87, -0.19F},  // has words beside it + says no to whether there is something
    {77, 88, -0.08F},  // has words beside it + says yes to whether it was done
    {77, 89, 0.06F},  // has words beside it + says no to whether it was done
    {77, 90, -0.06F},  // has words beside it + one of several is enough
    {77, 93, 0.11F},  // has words beside it + the amount is on this side
    {77, 96, -0.12F},  // has words beside it + is what the option is called
    {77, 103, 0.08F},  // has words beside it + means the option
    {77, 104, 0.04F},  // has words beside it + means this option alone
    {77, 111, -0.04F},  // has words beside it + is most of what is said
    {77, 114, -0.05F},  // has words beside it + is a phrase of this option alone
    {77, 115, -0.12F},  // has words beside it + has words of this option
    {77, 119, -0.02F},  // has words beside it + is none of the others
    {77, 128, -0.05F},  // has words beside it + is the only one named
    {78, 85, -0.16F},  // has many words beside it + is said more than once
    {78, 86, 0.13F},  // has many words beside it + says yes to whether there is something
    {79, 80, -0.06F},  // stands beside its opposite + comes and goes
    {79, 85, -0.24F},  // stands beside its opposite + is said more than once
    {79, 86, -0.11F},  // stands beside its opposite + says yes to whether there is something
    {79, 87, 0.19F},  // stands beside its opposite + says no to whether there is something
    {79, 114, -0.04F},  // stands beside its opposite + is a phrase of this option alone
    {80, 85, -0.18F},  // comes and goes + is said more than once
    {81, 89, -0.10F},  // depends on something + says no to whether it was done
    {84, 85, 0.08F},  // comes later + is said more than once
    {84, 86, 0.03F},  // comes later + says yes to whether there is something
    {84, 87, -0.07F},  // comes later + says no to whether there is something
    {84, 88, -0.04F},  // comes later + says yes to whether it was done
    {84, 89, -0.05F},  // comes later + says no to whether it was done
    {84, 90, 0.03F},  // comes later + one of several is enough
    {84, 95, -0.05F},  // comes later + stands for none
    {84, 114, 0.08F},  // comes later + is a phrase of this option alone
    {85, 86, 0.17F},  // is said more than once + says yes to whether there is something
    {85, 87, -0.06F},  // is said more than once + says no to whether there is something
    {85, 89, 0.06F},  // is said more than once + says no to whether it was done
    {85, 90, 0.07F},  // is said more than once + one of several is enough
    {85, 95, -0.05F},  // is said more than once + stands for none
    {85, 114, -0.05F},  // is said more than once + is a phrase of this option alone
    {85, 116, 0.05F},  // is said more than once + names things akin to this option
    {85, 128, 0.02F},  // is said more than once + is the only one named
    {86, 90, 0.03F},  // says yes to whether there is something + one of several is enough
    {86, 114, -0.17F},  // says yes to whether there is something + is a phrase of this option alone
    {87, 114, 0.04F},  // says no to whether there is something + is a phrase of this option alone
    {92, 93, 0.11F},  // denies nothing + the amount is on this side
    {95, 96, 0.06F},  // stands for none + is what the option is called
    {95, 103, 0.14F},  // stands for none + means the option
    {95, 104, 0.05F},  // stands for none + means this option alone
    {95, 107, 0.05F},  // stands for none + has other words beside it
    {95, 110, 0.06F},  // stands for none + covers much of the option
    {95, 111, 0.02F},  // stands for none + is most of what is said
    {95, 113, 0.10F},  // stands for none + is denied by its meaning
    {95, 119, 0.05F},  // stands for none + is none of the others
    {95, 128, 0.07F},  // stands for none + is the only one named
    {96, 97, 0.06F},  // is what the option is called + is a phrase of the option
    {96, 103, -0.23F},  // is what the option is called + means the option
    {96, 105, 0.10F},  // is what the option is called + means this option as well
    {96, 107, -0.35F},  // is what the option is called + has other words beside it
    {96, 110, 0.07F},  // is what the option is called + covers much of the option
    {96, 111, 0.07F},  // is what the option is called + is most of what is said
    {96, 113, 0.06F},  // is what the option is called + is denied by its meaning
    {96, 114, 0.06F},  // is what the option is called + is a phrase of this option alone
    {96, 123, -0.08F},  // is what the option is called + was so before
    {96, 125, -0.07F},  // is what the option is called + is only a circumstance
    {96, 126, -0.08F},  // is what the option is called + only comes and goes
    {96, 127, -0.13F},  // is what the option is called + is named first
    {96, 128, 0.24F},  // is what the option is called + is the only one named
    {96, 130, -0.04F},  // is what the option is called + is said to be in order
    {97, 103, 0.02F},  // is a phrase of the option + means the option
    {97, 110, 0.05F},  // is a phrase of the option + covers much of the option
    {97, 111, 0.03F},  // is a phrase of the option + is most of what is said
    {97, 114, 0.06F},  // is a phrase of the option + is a phrase of this option alone
    {97, 128, 0.02F},  // is a phrase of the option + is the only one named
    {98, 111, 0.02F},  // is nearly what the option is called + is most of what is said
    {98, 128, 0.03F},  // is nearly what the option is called + is the only one named
    {99, 103, 0.12F},  // is a word of the option + means the option
    {99, 105, 0.09F},  // is a word of the option + means this option as well
    {99, 107, 0.11F},  // is a word of the option + has other words beside it
    {99, 110, -0.05F},  // is a word of the option + covers much of the option
    {99, 111, -0.03F},  // is a word of the option + is most of what is said
    {99, 113, -0.04F},  // is a word of the option + is denied by its meaning
    {99, 127, 0.03F},  // is a word of the option + is named first
    {99, 128, -0.12F},  // is a word of the option + is the only one named
    {99, 131, -0.09F},  // is a word of the option + is about as many as it says
    {101, 103, -0.04F},  // is another name of the option + means the option
    {101, 105, -0.09F},  // is another name of the option + means this option as well
    {101, 107, 0.05F},  // is another name of the option + has other words beside it
    {101, 110, -0.08F},  // is another name of the option + covers much of the option
    {101, 111, 0.07F},  // is another name of the option + is most of what is said
    {101, 115, 0.04F},  // is another name of the option + has words of this option
    {101, 116, 0.04F},  // is another name of the option + names things akin to this option
    {101, 128, 0.02F},  // is another name of the option + is the only one named
    {102, 103, 0.11F},  // is a kind of what the option names + means the option
    {102, 111, -0.03F},  // is a kind of what the option names + is most of what is said
    {102, 128, -0.07F},  // is a kind of what the option names + is the only one named
    {103, 104, 0.13F},  // means the option + means this option alone
    {103, 109, 0.10F},  // means the option + the number lies in its range
    {103, 110, -0.13F},  // means the option + covers much of the option
    {103, 111, 0.04F},  // means the option + is most of what is said
    {103, 112, -0.03F},  // means the option + is denied
    {103, 114, 0.02F},  // means the option + is a phrase of this option alone
    {103, 119, 0.07F},  // means the option + is none of the others
    {103, 126, -0.03F},  // means the option + only comes and goes
    {103, 127, -0.18F},  // means the option + is named first
    {103, 128, 0.12F},  // means the option + is the only one named
    {103, 129, 0.03F},  // means the option + means all of the others
    {103, 130, 0.03F},  // means the option + is said to be in order
    {103, 131, -0.08F},  // means the option + is about as many as it says
    {104, 119, 0.03F},  // means this option alone + is none of the others
    {105, 111, 0.09F},  // means this option as well + is most of what is said
    {105, 115, 0.07F},  // means this option as well + has words of this option
    {105, 116, 0.04F},  // means this option as well + names things akin to this option
    {105, 128, 0.08F},  // means this option as well + is the only one named
    {107, 109, 0.16F},  // has other words beside it + the number lies in its range
    {107, 110, -0.13F},  // has other words beside it + covers much of the option
    {107, 111, -0.05F},  // has other words beside it + is most of what is said
    {107, 115, -0.03F},  // has other words beside it + has words of this option
    {107, 116, -0.04F},  // has other words beside it + names things akin to this option
    {107, 126, -0.02F},  // has other words beside it + only comes and goes
    {107, 127, -0.20F},  // has other words beside it + is named first
    {107, 128, 0.10F},  // has other words beside it + is the only one named
    {107, 129, 0.03F},  // has other words beside it + means all of the others
    {107, 131, 0.03F},  // has other words beside it + is about as many as it says
    {110, 111, 0.03F},  // covers much of the option + is most of what is said
    {110, 114, 0.05F},  // covers much of the option + is a phrase of this option alone
    {110, 123, -0.07F},  // covers much of the option + was so before
    {110, 125, 0.02F},  // covers much of the option + is only a circumstance
    {110, 126, -0.04F},  // covers much of the option + only comes and goes
    {110, 127, -0.05F},  // covers much of the option + is named first
    {110, 128, 0.09F},  // covers much of the option + is the only one named
    {111, 114, 0.03F},  // is most of what is said + is a phrase of this option alone
    {111, 115, 0.07F},  // is most of what is said + has words of this option
    {111, 116, 0.06F},  // is most of what is said + names things akin to this option
    {111, 123, -0.04F},  // is most of what is said + was so before
    {111, 127, -0.04F},  // is most of what is said + is named first
    {111, 128, 0.15F},  // is most of what is said + is the only one named
    {111, 131, -0.05F},  // is most of what is said + is about as many as it says
    {112, 113, 0.16F},  // is denied + is denied by its meaning
    {112, 115, 0.14F},  // is denied + has words of this option
    {112, 116, 0.02F},  // is denied + names things akin to this option
    {113, 115, 0.17F},  // is denied by its meaning + has words of this option
    {113, 116, -0.05F},  // is denied by its meaning + names things akin to this option
    {114, 115, 0.05F},  // is a phrase of this option alone + has words of this option
    {114, 128, 0.02F},  // is a phrase of this option alone + is the only one named
    {115, 116, 0.04F},  // has words of this option + names things akin to this option
    {115, 126, -0.04F},  // has words of this option + only comes and goes
    {115, 127, -0.07F},  // has words of this option + is named first
    {115, 128, 0.10F},  // has words of this option + is the only one named
    {116, 128, 0.12F},  // names things akin to this option + is the only one named
    {125, 128, 0.08F},  // is only a circumstance + is the only one named
    {126, 127, -0.03F},  // only comes and goes + is named first
    {128, 130, 0.04F},  // is the only one named + is said to be in order
    {128, 131, -0.13F},  // is the only one named + is about as many as it says
    {129, 131, 0.02F},  // means all of the others + is about as many as it says
};
// clang-format on
}  // namespace

std::span<const PairWeight> pair_weights() {
  return kPairs;
}

}  // namespace usher::dialogs
