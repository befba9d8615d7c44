// The one translation unit that holds the code of Asio and Beast (both macros ..._SEPARATE_COMPILATION are set globally).
#include <boost/asio/impl/src.hpp>
#include <boost/asio/ssl/impl/src.hpp>
#include <boost/beast/src.hpp>
