// Written by tools/understanding (README.md there); the names may be changed by hand, the weights not.
#include "dialogs/understand_weights.h"

namespace usher::dialogs {

const double kSure = 0.78;

const std::array<SignalWeight, kSignals> kWeights = {{
    {"says yes first", 2.26},
    {"says yes", 0.83},
    {"leans to yes", -0.99},
    {"says a little", -1.59},
    {"says no first", 1.57},
    {"says no", 1.09},
    {"leans to no", 0.28},
    {"accepts the offer", 1.03},
    {"merely accepts", -2.50},
    {"is all that is said", 1.05},
    {"is followed by a but", 0.58},
    {"is taken back", -0.80},
    {"agrees with what is said besides", 1.47},
    {"answers a question with a not in it", 0.08},
    {"repeats what is asked", 1.06},
    {"repeats what is asked, with a not", 1.90},
    {"repeats a character of what is asked", 1.60},
    {"repeats a character of what is asked, with a not", 1.39},
    {"names what is asked for", 0.53},
    {"names what is asked for, with a not", 0.47},
    {"says what is asked in other words", 0.44},
    {"says what is asked in other words, with a not", 0.09},
    {"is a kind of what is asked", -0.22},
    {"is a kind of what is asked, with a not", -0.59},
    {"is said for this answer", 0.96},
    {"is said for this answer, with a not", 0.33},
    {"says what this answer stands for", 1.05},
    {"says what this answer stands for, with a not", 0.82},
    {"is a state of the kind asked about", 2.27},
    {"is a state of the kind asked about, with a not", 1.10},
    {"says whether it is in order", 1.56},
    {"says whether it is in order, with a not", 0.27},
    {"is the condition asked about", -0.88},
    {"is the condition asked about, with a not", 0.00},
    {"says that it goes on", 0.71},
    {"says that it goes on, with a not", 1.24},
    {"says whether all is well", 0.76},
    {"says whether all is well, with a not", 0.54},
    {"is a good or a bad state", 0.02},
    {"is a good or a bad state, with a not", 0.72},
    {"says that it is in order", 0.56},
    {"says that it is in order, with a not", 0.03},
    {"says whether it helped", 1.78},
    {"says whether it helped, with a not", 0.00},
    {"says that something works or not", 0.68},
    {"says that something works or not, with a not", 0.75},
    {"is short for what is asked", -0.54},
    {"is short for what is asked, with a not", -0.39},
    {"may be short for what is asked", -1.15},
    {"may be short for what is asked, with a not", -0.48},
    {"denies first", 0.00},
    {"denies first, with a not", 0.65},
    {"says there is none", 0.00},
    {"says there is none, with a not", -0.69},
    {"is short for the whole question", 0.94},
    {"is short for the whole question, with a not", 0.82},
    {"insists", -0.11},
    {"insists, with a not", 0.00},
    {"says how much is left", 1.49},
    {"says how much is left, with a not", 0.02},
    {"says how many there are", 0.48},
    {"says how many there are, with a not", 0.00},
    {"singles one out", 0.27},
    {"singles one out, with a not", 0.00},
    {"says whether it is only so", 1.57},
    {"says whether it is only so, with a not", 0.00},
    {"says whether it is above or below", 0.67},
    {"says whether it is above or below, with a not", 0.00},
    {"is what is perceived", -0.10},
    {"is what is perceived, with a not", 0.04},
    {"says it of this one alone", -1.50},
    {"says it of this one alone, with a not", 2.22},
    {"is mostly what this answer stands for", -0.73},
    {"is the whole answer", 0.75},
    {"is said of another thing", -0.83},
    {"has words beside it", -0.93},
    {"has many words beside it", -0.87},
    {"stands beside its opposite", -2.04},
    {"comes and goes", -1.20},
    {"depends on something", -2.36},
    {"is over", -0.79},
    {"comes after a but", 0.00},
    {"comes later", -0.55},
    {"is said more than once", 0.82},
    {"says yes to whether there is something", -0.37},
    {"says no to whether there is something", 0.59},
    {"says yes to whether it was done", 0.39},
    {"says no to whether it was done", -0.64},
    {"one of several is enough", 0.68},
    {"denies nothing, where something is asked for", -2.61},
    {"denies nothing", -2.18},
    {"the amount is on this side", 3.18},
    {"has the words of another option beside it", -0.39},
    {"stands for none", -0.25},
    {"is what the option is called", 0.91},
    {"is a phrase of the option", 0.96},
    {"is nearly what the option is called", 1.15},
    {"is a word of the option", -0.09},
    {"is nearly a word of the option", 0.12},
    {"is another name of the option", -1.57},
    {"is a kind of what the option names", -0.46},
    {"means the option", 0.71},
    {"means this option alone", 2.03},
    {"means this option as well", 0.08},
    {"means the option, by a not", 0.47},
    {"has other words beside it", 0.21},
    {"means about the option", 0.20},
    {"the number lies in its range", 3.34},
    {"covers much of the option", -0.31},
    {"is most of what is said", 1.15},
    {"is denied", -1.39},
    {"is denied by its meaning", -3.41},
    {"is a phrase of this option alone", 0.66},
    {"has words of this option", 0.86},
    {"names things akin to this option", -0.84},
    {"nothing speaks for it, but for another", -2.54},
    {"is what is left", 0.00},
    {"is none of the others", -0.60},
    {"is what the option for not knowing says", 2.67},
    {"accepts the only option", 0.00},
    {"was so before", -1.56},
    {"is outweighed by what follows", -0.18},
    {"is only a circumstance", -0.28},
    {"only comes and goes", -1.19},
    {"is named first", -0.48},
    {"is the only one named", 0.84},
    {"means all of the others", 2.40},
    {"is said to be in order", -1.54},
    {"bias of yes-or-no questions", -2.17},
    {"bias of other questions", -0.63},
    {"there are many options", -1.70},
    {"nothing speaks for any option", 2.68},
    {"the customer does not know", 2.98},
    {"the customer is still looking", 2.00},
    {"is hedged", 0.61},
    {"asks something", 1.46},
    {"only asks", 1.51},
    {"has a question mark", 1.83},
    {"has an if", -0.50},
    {"much of it is not read", 0.46},
    {"is long", -1.66},
    {"the question is not read", 0.00},
    {"names alternatives", 1.05},
    {"names several options", 2.04},
    {"speaks for both sides", 1.54},
    {"contradicts itself", 4.27},
    {"some do and some do not", 1.69},
    {"lacks what it takes", 3.44},
    {"is neither the one nor the other", 0.84},
}};

namespace {
// By their place in the table above.
// clang-format off
constexpr PairWeight kPairs[] = {
    {0, 12, 0.04F},  // says yes first + agrees with what is said besides
    {0, 75, 0.02F},  // says yes first + has words beside it
    {0, 82, 0.03F},  // says yes first + comes later
    {0, 113, 0.03F},  // says yes first + has words of this option
    {1, 9, 0.07F},  // says yes + is all that is said
    {1, 12, 0.05F},  // says yes + agrees with what is said besides
    {1, 75, 0.02F},  // says yes + has words beside it
    {1, 113, -0.08F},  // says yes + has words of this option
    {2, 28, 0.02F},  // leans to yes + is a state of the kind asked about
    {2, 75, 0.02F},  // leans to yes + has words beside it
    {2, 82, -0.03F},  // leans to yes + comes later
    {4, 9, 0.05F},  // says no first + is all that is said
    {4, 12, 0.11F},  // says no first + agrees with what is said besides
    {4, 28, 0.02F},  // says no first + is a state of the kind asked about
    {4, 49, 0.05F},  // says no first + may be short for what is asked, with a not
    {4, 75, 0.08F},  // says no first + has words beside it
    {4, 82, 0.10F},  // says no first + comes later
    {5, 9, 0.20F},  // says no + is all that is said
    {5, 12, -0.08F},  // says no + agrees with what is said besides
    {7, 9, 0.07F},  // accepts the offer + is all that is said
    {7, 12, -0.05F},  // accepts the offer + agrees with what is said besides
    {7, 40, -0.06F},  // accepts the offer + says that it is in order
    {8, 9, -0.19F},  // merely accepts + is all that is said
    {8, 12, 0.08F},  // merely accepts + agrees with what is said besides
    {9, 12, -0.03F},  // is all that is said + agrees with what is said besides
    {9, 46, 0.03F},  // is all that is said + is short for what is asked
    {9, 82, -0.06F},  // is all that is said + comes later
    {12, 14, 0.04F},  // agrees with what is said besides + repeats what is asked
    {12, 28, 0.09F},  // agrees with what is said besides + is a state of the kind asked about
    {12, 36, -0.11F},  // agrees with what is said besides + says whether all is well
    {12, 40, -0.03F},  // agrees with what is said besides + says that it is in order
    {12, 46, 0.03F},  // agrees with what is said besides + is short for what is asked
    {12, 49, 0.05F},  // agrees with what is said besides + may be short for what is asked, with a not
    {12, 74, 0.04F},  // agrees with what is said besides + is said of another thing
    {12, 75, 0.11F},  // agrees with what is said besides + has words beside it
    {12, 77, 0.02F},  // agrees with what is said besides + stands beside its opposite
    {12, 82, 0.12F},  // agrees with what is said besides + comes later
    {12, 83, 0.06F},  // agrees with what is said besides + is said more than once
    {12, 84, 0.06F},  // agrees with what is said besides + says yes to whether there is something
    {12, 85, 0.02F},  // agrees with what is said besides + says no to whether there is something
    {12, 88, 0.02F},  // agrees with what is said besides + one of several is enough
    {12, 113, 0.02F},  // agrees with what is said besides + has words of this option
    {14, 72, -0.06F},  // repeats what is asked + is mostly what this answer stands for
    {14, 74, -0.06F},  // repeats what is asked + is said of another thing
    {14, 75, -0.08F},  // repeats what is asked + has words beside it
    {14, 77, -0.04F},  // repeats what is asked + stands beside its opposite
    {14, 79, -0.15F},  // repeats what is asked + depends on something
    {14, 82, 0.03F},  // repeats what is asked + comes later
    {14, 83, 0.13F},  // repeats what is asked + is said more than once
    {14, 84, 0.23F},  // repeats what is asked + says yes to whether there is something
    {14, 86, -0.05F},  // repeats what is asked + says yes to whether it was done
    {14, 88, 0.16F},  // repeats what is asked + one of several is enough
    {14, 112, -0.11F},  // repeats what is asked + is a phrase of this option alone
    {15, 72, 0.03F},  // repeats what is asked, with a not + is mostly what this answer stands for
    {15, 75, 0.03F},  // repeats what is asked, with a not + has words beside it
    {15, 83, 0.32F},  // repeats what is asked, with a not + is said more than once
    {15, 85, -0.03F},  // repeats what is asked, with a not + says no to whether there is something
    {15, 87, -0.02F},  // repeats what is asked, with a not + says no to whether it was done
    {15, 93, 0.12F},  // repeats what is asked, with a not + stands for none
    {15, 112, 0.04F},  // repeats what is asked, with a not + is a phrase of this option alone
    {16, 82, 0.03F},  // repeats a character of what is asked + comes later
    {16, 83, 0.13F},  // repeats a character of what is asked + is said more than once
    {17, 83, -0.04F},  // repeats a character of what is asked, with a not + is said more than once
    {18, 75, 0.04F},  // names what is asked for + has words beside it
    {18, 84, 0.04F},  // names what is asked for + says yes to whether there is something
    {19, 83, 0.04F},  // names what is asked for, with a not + is said more than once
    {19, 85, 0.03F},  // names what is asked for, with a not + says no to whether there is something
    {24, 75, 0.07F},  // is said for this answer + has words beside it
    {24, 82, 0.09F},  // is said for this answer + comes later
    {24, 83, -0.12F},  // is said for this answer + is said more than once
    {24, 85, 0.02F},  // is said for this answer + says no to whether there is something
    {24, 112, 0.05F},  // is said for this answer + is a phrase of this option alone
    {24, 113, 0.04F},  // is said for this answer + has words of this option
    {26, 72, 0.07F},  // says what this answer stands for + is mostly what this answer stands for
    {26, 75, -0.07F},  // says what this answer stands for + has words beside it
    {26, 82, 0.09F},  // says what this answer stands for + comes later
    {26, 113, -0.06F},  // says what this answer stands for + has words of this option
    {27, 83, -0.03F},  // says what this answer stands for, with a not + is said more than once
    {28, 72, -0.06F},  // is a state of the kind asked about + is mostly what this answer stands for
    {28, 74, -0.05F},  // is a state of the kind asked about + is said of another thing
    {28, 75, -0.31F},  // is a state of the kind asked about + has words beside it
    {28, 76, -0.10F},  // is a state of the kind asked about + has many words beside it
    {28, 77, 0.11F},  // is a state of the kind asked about + stands beside its opposite
    {28, 78, 0.06F},  // is a state of the kind asked about + comes and goes
    {28, 82, -0.20F},  // is a state of the kind asked about + comes later
    {28, 83, -0.26F},  // is a state of the kind asked about + is said more than once
    {28, 84, -0.22F},  // is a state of the kind asked about + says yes to whether there is something
    {28, 85, 0.05F},  // is a state of the kind asked about + says no to whether there is something
    {28, 86, 0.05F},  // is a state of the kind asked about + says yes to whether it was done
    {28, 88, -0.09F},  // is a state of the kind asked about + one of several is enough
    {28, 94, -0.16F},  // is a state of the kind asked about + is what the option is called
    {28, 108, -0.05F},  // is a state of the kind asked about + covers much of the option
    {28, 109, -0.05F},  // is a state of the kind asked about + is most of what is said
    {28, 113, -0.05F},  // is a state of the kind asked about + has words of this option
    {28, 125, -0.07F},  // is a state of the kind asked about + is the only one named
    {29, 74, 0.09F},  // is a state of the kind asked about, with a not + is said of another thing
    {29, 75, -0.06F},  // is a state of the kind asked about, with a not + has words beside it
    {29, 82, 0.09F},  // is a state of the kind asked about, with a not + comes later
    {29, 84, -0.12F},  // is a state of the kind asked about, with a not + says yes to whether there is something
    {29, 85, -0.25F},  // is a state of the kind asked about, with a not + says no to whether there is something
    {30, 75, 0.06F},  // says whether it is in order + has words beside it
    {30, 82, 0.10F},  // says whether it is in order + comes later
    {30, 85, -0.06F},  // says whether it is in order + says no to whether there is something
    {32, 82, 0.05F},  // is the condition asked about + comes later
    {36, 74, 0.09F},  // says whether all is well + is said of another thing
    {36, 75, 0.22F},  // says whether all is well + has words beside it
    {36, 82, -0.10F},  // says whether all is well + comes later
    {36, 84, -0.30F},  // says whether all is well + says yes to whether there is something
    {36, 113, -0.07F},  // says whether all is well + has words of this option
    {38, 75, -0.19F},  // is a good or a bad state + has words beside it
    {40, 74, 0.05F},  // says that it is in order + is said of another thing
    {40, 75, 0.12F},  // says that it is in order + has words beside it
    {40, 83, 0.03F},  // says that it is in order + is said more than once
    {42, 75, -0.12F},  // says whether it helped + has words beside it
    {42, 82, -0.02F},  // says whether it helped + comes later
    {44, 75, 0.05F},  // says that something works or not + has words beside it
    {45, 73, 0.02F},  // says that something works or not, with a not + is the whole answer
    {45, 82, -0.12F},  // says that something works or not, with a not + comes later
    {45, 85, -0.02F},  // says that something works or not, with a not + says no to whether there is something
    {45, 87, -0.09F},  // says that something works or not, with a not + says no to whether it was done
    {46, 73, -0.08F},  // is short for what is asked + is the whole answer
    {46, 82, -0.11F},  // is short for what is asked + comes later
    {46, 83, -0.03F},  // is short for what is asked + is said more than once
    {46, 84, 0.08F},  // is short for what is asked + says yes to whether there is something
    {46, 86, 0.06F},  // is short for what is asked + says yes to whether it was done
    {47, 73, 0.08F},  // is short for what is asked, with a not + is the whole answer
    {47, 79, -0.05F},  // is short for what is asked, with a not + depends on something
    {47, 82, -0.16F},  // is short for what is asked, with a not + comes later
    {47, 83, -0.21F},  // is short for what is asked, with a not + is said more than once
    {47, 85, 0.11F},  // is short for what is asked, with a not + says no to whether there is something
    {47, 87, -0.08F},  // is short for what is asked, with a not + says no to whether it was done
    {47, 93, 0.04F},  // is short for what is asked, with a not + stands for none
    {47, 101, 0.04F},  // is short for what is asked, with a not + means the option
    {47, 117, -0.03F},  // is short for what is asked, with a not + is none of the others
    {48, 75, -0.21F},  // may be short for what is asked + has words beside it
    {48, 82, 0.06F},  // may be short for what is asked + comes later
    {48, 83, -0.06F},  // may be short for what is asked + is said more than once
    {48, 84, 0.08F},  // may be short for what is asked + says yes to whether there is something
    {49, 76, -0.05F},  // may be short for what is asked, with a not + has many words beside it
    {49, 85, -0.11F},  // may be short for what is asked, with a not + says no to whether there is something
    {49, 93, 0.16F},  // may be short for what is asked, with a not + stands for none
    {49, 108, 0.08F},  // may be short for what is asked, with a not + covers much of the option
    {49, 109, 0.03F},  // may be short for what is asked, with a not + is most of what is said
    {51, 75, 0.05F},  // denies first, with a not + has words beside it
    {51, 82, -0.07F},  // denies first, with a not + comes later
    {51, 83, 0.04F},  // denies first, with a not + is said more than once
    {51, 85, 0.30F},  // denies first, with a not + says no to whether there is something
    {51, 93, 0.05F},  // denies first, with a not + stands for none
    {51, 101, 0.05F},  // denies first, with a not + means the option
    {51, 102, 0.03F},  // denies first, with a not + means this option alone
    {51, 117, 0.04F},  // denies first, with a not + is none of the others
    {54, 73, 0.05F},  // is short for the whole question + is the whole answer
    {54, 84, -0.02F},  // is short for the whole question + says yes to whether there is something
    {55, 73, 0.06F},  // is short for the whole question, with a not + is the whole answer
    {55, 87, 0.03F},  // is short for the whole question, with a not + says no to whether it was done
    {58, 84, 0.06F},  // says how much is left + says yes to whether there is something
    {60, 84, 0.04F},  // says how many there are + says yes to whether there is something
    {64, 75, 0.06F},  // says whether it is only so + has words beside it
    {68, 75, 0.10F},  // is what is perceived + has words beside it
    {70, 84, 0.09F},  // says it of this one alone + says yes to whether there is something
    {72, 74, -0.10F},  // is mostly what this answer stands for + is said of another thing
    {72, 75, -0.22F},  // is mostly what this answer stands for + has words beside it
    {72, 78, -0.06F},  // is mostly what this answer stands for + comes and goes
    {72, 79, -0.02F},  // is mostly what this answer stands for + depends on something
    {72, 82, 0.05F},  // is mostly what this answer stands for + comes later
    {72, 84, -0.14F},  // is mostly what this answer stands for + says yes to whether there is something
    {72, 85, 0.08F},  // is mostly what this answer stands for + says no to whether there is something
    {72, 88, 0.04F},  // is mostly what this answer stands for + one of several is enough
    {72, 112, -0.07F},  // is mostly what this answer stands for + is a phrase of this option alone
    {73, 84, 0.02F},  // is the whole answer + says yes to whether there is something
    {73, 85, 0.07F},  // is the whole answer + says no to whether there is something
    {73, 86, 0.08F},  // is the whole answer + says yes to whether it was done
    {73, 87, 0.07F},  // is the whole answer + says no to whether it was done
    {74, 75, 0.05F},  // is said of another thing + has words beside it
    {74, 76, -0.11F},  // is said of another thing + has many words beside it
    {74, 82, -0.04F},  // is said of another thing + comes later
    {74, 84, -0.14F},  // is said of another thing + says yes to whether there is something
    {74, 86, -0.05F},  // is said of another thing + says yes to whether it was done
    {74, 113, -0.04F},  // is said of another thing + has words of this option
    {75, 77, 0.21F},  // has words beside it + stands beside its opposite
    {75, 78, -0.15F},  // has words beside it + comes and goes
    {75, 82, -0.13F},  // has words beside it + comes later
    {75, 84, -0.11F},  // has words beside it + says yes to whether there is something
    {75, 86, -0.05F},  // has words beside it + says yes to whether it was done
    {75, 87, 0.17F},  // has words beside it + says no to whether it was done
    {75, 91, 0.05F},  // has words beside it + the amount is on this side
    {75, 94, -0.11F},  // has words beside it + is what the option is called
    {75, 101, 0.10F},  // has words beside it + means the option
    {75, 102, 0.03F},  // has words beside it + means this option alone
    {75, 108, 0.03F},  // has words beside it + covers much of the option
    {75, 109, -0.02F},  // has words beside it + is most of what is said
    {75, 112, -0.07F},  // has words beside it + is a phrase of this option alone
    {75, 113, -0.16F},  // has words beside it + has words of this option
    {75, 117, 0.04F},  // has words beside it + is none of the others
    {75, 125, 0.02F},  // has words beside it + is the only one named
    {76, 83, -0.16F},  // has many words beside it + is said more than once
    {77, 83, -0.18F},  // stands beside its opposite + is said more than once
    {77, 84, -0.08F},  // stands beside its opposite + says yes to whether there is something
    {77, 85, 0.24F},  // stands beside its opposite + says no to whether there is something
    {78, 83, -0.08F},  // comes and goes + is said more than once
    {79, 87, -0.10F},  // depends on something + says no to whether it was done
    {82, 83, 0.05F},  // comes later + is said more than once
    {82, 84, 0.09F},  // comes later + says yes to whether there is something
    {82, 85, -0.20F},  // comes later + says no to whether there is something
    {82, 86, -0.03F},  // comes later + says yes to whether it was done
    {82, 87, -0.09F},  // comes later + says no to whether it was done
    {82, 88, 0.05F},  // comes later + one of several is enough
    {82, 112, 0.10F},  // comes later + is a phrase of this option alone
    {83, 84, 0.22F},  // is said more than once + says yes to whether there is something
    {83, 85, 0.14F},  // is said more than once + says no to whether there is something
    {83, 86, 0.03F},  // is said more than once + says yes to whether it was done
    {83, 87, 0.07F},  // is said more than once + says no to whether it was done
    {83, 88, -0.02F},  // is said more than once + one of several is enough
    {83, 101, 0.02F},  // is said more than once + means the option
    {83, 112, -0.04F},  // is said more than once + is a phrase of this option alone
    {83, 114, 0.06F},  // is said more than once + names things akin to this option
    {84, 88, 0.07F},  // says yes to whether there is something + one of several is enough
    {84, 112, -0.23F},  // says yes to whether there is something + is a phrase of this option alone
    {85, 112, 0.06F},  // says no to whether there is something + is a phrase of this option alone
    {93, 94, 0.09F},  // stands for none + is what the option is called
    {93, 101, 0.12F},  // stands for none + means the option
    {93, 102, 0.04F},  // stands for none + means this option alone
    {93, 105, 0.05F},  // stands for none + has other words beside it
    {93, 108, 0.08F},  // stands for none + covers much of the option
    {93, 109, 0.03F},  // stands for none + is most of what is said
    {93, 117, 0.03F},  // stands for none + is none of the others
    {93, 125, 0.08F},  // stands for none + is the only one named
    {94, 95, 0.07F},  // is what the option is called + is a phrase of the option
    {94, 101, -0.26F},  // is what the option is called + means the option
    {94, 103, 0.11F},  // is what the option is called + means this option as well
    {94, 105, -0.37F},  // is what the option is called + has other words beside it
    {94, 108, 0.06F},  // is what the option is called + covers much of the option
    {94, 109, 0.11F},  // is what the option is called + is most of what is said
    {94, 111, 0.13F},  // is what the option is called + is denied by its meaning
    {94, 112, 0.07F},  // is what the option is called + is a phrase of this option alone
    {94, 113, -0.02F},  // is what the option is called + has words of this option
    {94, 114, -0.02F},  // is what the option is called + names things akin to this option
    {94, 120, -0.12F},  // is what the option is called + was so before
    {94, 122, -0.07F},  // is what the option is called + is only a circumstance
    {94, 123, -0.09F},  // is what the option is called + only comes and goes
    {94, 124, -0.16F},  // is what the option is called + is named first
    {94, 125, 0.19F},  // is what the option is called + is the only one named
    {94, 127, -0.17F},  // is what the option is called + is said to be in order
    {95, 101, 0.04F},  // is a phrase of the option + means the option
    {95, 105, 0.02F},  // is a phrase of the option + has other words beside it
    {95, 108, 0.06F},  // is a phrase of the option + covers much of the option
    {95, 109, 0.04F},  // is a phrase of the option + is most of what is said
    {95, 112, 0.07F},  // is a phrase of the option + is a phrase of this option alone
    {95, 113, 0.02F},  // is a phrase of the option + has words of this option
    {95, 125, 0.03F},  // is a phrase of the option + is the only one named
    {96, 109, 0.06F},  // is nearly what the option is called + is most of what is said
    {96, 125, 0.02F},  // is nearly what the option is called + is the only one named
    {97, 101, -0.07F},  // is a word of the option + means the option
    {97, 103, 0.10F},  // is a word of the option + means this option as well
    {97, 105, -0.13F},  // is a word of the option + has other words beside it
    {97, 108, 0.06F},  // is a word of the option + covers much of the option
    {97, 109, 0.05F},  // is a word of the option + is most of what is said
    {97, 113, 0.10F},  // is a word of the option + has words of this option
    {97, 125, 0.05F},  // is a word of the option + is the only one named
    {99, 101, 0.03F},  // is another name of the option + means the option
    {99, 105, 0.04F},  // is another name of the option + has other words beside it
    {99, 108, -0.16F},  // is another name of the option + covers much of the option
    {99, 109, -0.03F},  // is another name of the option + is most of what is said
    {99, 114, 0.10F},  // is another name of the option + names things akin to this option
    {99, 125, -0.11F},  // is another name of the option + is the only one named
    {100, 101, -0.05F},  // is a kind of what the option names + means the option
    {100, 103, -0.14F},  // is a kind of what the option names + means this option as well
    {100, 109, -0.09F},  // is a kind of what the option names + is most of what is said
    {100, 125, -0.09F},  // is a kind of what the option names + is the only one named
    {101, 102, 0.14F},  // means the option + means this option alone
    {101, 107, 0.23F},  // means the option + the number lies in its range
    {101, 108, -0.18F},  // means the option + covers much of the option
    {101, 109, -0.11F},  // means the option + is most of what is said
    {101, 110, -0.05F},  // means the option + is denied
    {101, 112, 0.04F},  // means the option + is a phrase of this option alone
    {101, 114, 0.04F},  // means the option + names things akin to this option
    {101, 117, 0.10F},  // means the option + is none of the others
    {101, 123, -0.04F},  // means the option + only comes and goes
    {101, 124, -0.25F},  // means the option + is named first
    {101, 125, -0.13F},  // means the option + is the only one named
    {101, 127, 0.12F},  // means the option + is said to be in order
    {102, 113, -0.03F},  // means this option alone + has words of this option
    {102, 117, 0.04F},  // means this option alone + is none of the others
    {103, 108, -0.04F},  // means this option as well + covers much of the option
    {103, 109, -0.04F},  // means this option as well + is most of what is said
    {103, 113, 0.09F},  // means this option as well + has words of this option
    {103, 114, 0.09F},  // means this option as well + names things akin to this option
    {105, 107, 0.12F},  // has other words beside it + the number lies in its range
    {105, 108, -0.13F},  // has other words beside it + covers much of the option
    {105, 109, -0.04F},  // has other words beside it + is most of what is said
    {105, 112, 0.02F},  // has other words beside it + is a phrase of this option alone
    {105, 113, -0.07F},  // has other words beside it + has words of this option
    {105, 114, -0.06F},  // has other words beside it + names things akin to this option
    {105, 123, -0.03F},  // has other words beside it + only comes and goes
    {105, 124, -0.27F},  // has other words beside it + is named first
    {105, 125, -0.10F},  // has other words beside it + is the only one named
    {105, 127, 0.08F},  // has other words beside it + is said to be in order
    {108, 109, 0.02F},  // covers much of the option + is most of what is said
    {108, 112, 0.06F},  // covers much of the option + is a phrase of this option alone
    {108, 113, 0.13F},  // covers much of the option + has words of this option
    {108, 120, -0.10F},  // covers much of the option + was so before
    {108, 123, -0.05F},  // covers much of the option + only comes and goes
    {108, 124, -0.03F},  // covers much of the option + is named first
    {108, 125, 0.12F},  // covers much of the option + is the only one named
    {108, 127, -0.09F},  // covers much of the option + is said to be in order
    {109, 111, 0.04F},  // is most of what is said + is denied by its meaning
    {109, 112, 0.04F},  // is most of what is said + is a phrase of this option alone
    {109, 113, 0.18F},  // is most of what is said + has words of this option
    {109, 114, 0.11F},  // is most of what is said + names things akin to this option
    {109, 120, -0.06F},  // is most of what is said + was so before
    {109, 123, -0.04F},  // is most of what is said + only comes and goes
    {109, 124, -0.02F},  // is most of what is said + is named first
    {109, 125, 0.12F},  // is most of what is said + is the only one named
    {110, 111, 0.04F},  // is denied + is denied by its meaning
    {110, 113, 0.03F},  // is denied + has words of this option
    {110, 114, 0.05F},  // is denied + names things akin to this option
    {111, 113, 0.10F},  // is denied by its meaning + has words of this option
    {111, 114, -0.05F},  // is denied by its meaning + names things akin to this option
    {111, 125, 0.07F},  // is denied by its meaning + is the only one named
    {112, 113, 0.06F},  // is a phrase of this option alone + has words of this option
    {112, 125, 0.03F},  // is a phrase of this option alone + is the only one named
    {113, 114, 0.02F},  // has words of this option + names things akin to this option
    {113, 123, -0.04F},  // has words of this option + only comes and goes
    {113, 124, -0.07F},  // has words of this option + is named first
    {113, 125, 0.27F},  // has words of this option + is the only one named
    {114, 123, -0.02F},  // names things akin to this option + only comes and goes
    {114, 124, -0.02F},  // names things akin to this option + is named first
    {114, 125, 0.15F},  // names things akin to this option + is the only one named
    {114, 127, -0.05F},  // names things akin to this option + is said to be in order
    {122, 125, 0.06F},  // is only a circumstance + is the only one named
    {123, 124, -0.05F},  // only comes and goes + is named first
    {125, 127, -0.03F},  // is the only one named + is said to be in order
};
// clang-format on
}  // namespace

std::span<const PairWeight> pair_weights() {
  return kPairs;
}

}  // namespace usher::dialogs
